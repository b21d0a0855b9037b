/** One life of the bot: everything it needs is opened in order, and closed in the opposite one however far the opening came. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { secretValue } from '../config/secrets.ts'
import { startControl } from '../control/server.ts'
import type { Log } from '../domain/ports.ts'
import type { MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { lastMarkets } from '../ledger/last-markets.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { nowMicros } from '../net/clock.ts'
import { createTape } from '../recorder/tape.ts'
import { type Bot, createBot } from '../runtime/bot.ts'
import type { Mode, Orders } from '../runtime/modes.ts'
import { createTermsWatch } from '../runtime/terms-watch.ts'
import { createLogSink } from '../telemetry/log-sink.ts'
import { createLogs } from '../telemetry/logger.ts'
import { createMarketFolder } from '../telemetry/market-folder.ts'
import { behindLimits } from './behind-limits.ts'
import {
  bindStrategy,
  engineSettings,
  paperSettings,
  stakeSettings,
  venueParts,
} from './bot-setup.ts'
import { liveSettings } from './live-settings.ts'
import type { Live } from './live-setup.ts'
import { tripsFor } from './measured-trips.ts'
import { createHand, heldLine } from './operator-hand.ts'
import { originOf } from './origin.ts'
import { pastAsks } from './past-asks.ts'
import { screenFor } from './screen.ts'
import { shownLog } from './shown-log.ts'
import { createStatusFeed } from './status-feed.ts'
import { openVenue, type Venue } from './venue-endpoints.ts'
import { EXIT } from './verb.ts'

export type RunArgs = {
  readonly json: boolean
  readonly live: boolean
  readonly once: boolean
  readonly schedule?: string
  readonly tape?: string
  readonly venueJson?: string
  readonly seed?: number
  readonly epoch?: number
  readonly window?: number
  readonly firstClose?: number
}

type Closers = (() => unknown)[]

/** One life of the bot, behind the locks. */
export async function session(
  args: RunArgs,
  loaded: LoadedConfig,
  stop: AbortController,
): Promise<number> {
  const closers: Closers = []
  try {
    const bot = await openBot(args, loaded, closers)
    const ended = Promise.race([bot.done, aborted(stop.signal)])
    await Promise.race([bot.start().then(() => process.send?.('ready')), ended])
    await ended
    const { stopping, halted } = bot.snapshot()
    // A person's stop means the runs to come as well.
    if (stopping) stop.abort()
    return args.once && halted && !stop.signal.aborted ? EXIT.halted : EXIT.ok
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

/** What a life of the bot stands on. */
type Ground = {
  readonly folder: string
  readonly logs: ReturnType<typeof createLogs>
  readonly venue: Venue
  readonly live: Live | null
  readonly ledger: Ledger
}

async function openGround(args: RunArgs, loaded: LoadedConfig, closers: Closers): Promise<Ground> {
  const { config } = loaded
  const mode: Mode = args.live ? 'live' : 'dry'
  const folder = join(config.dataDir, config.venue, mode)
  mkdirSync(folder, { recursive: true })
  const logs = createLogs({ ...config.log, base: { venue: config.venue, mode } })
  closers.push(logs.close)
  const venue = await openVenue({
    venue: config.venue,
    venueJson: args.venueJson,
    childFlags: childFlags(args),
  })
  closers.push(venue.stop)
  const live = args.live ? await openLiveParts(loaded, venue, folder, logs.trades) : null
  closers.push(() => live?.close())
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    startingCash: live?.balance ?? (config.paper.startingCashUsd as MicroUsdc),
    log: logs.finder,
    origin: originOf(config, mode),
  })
  return { folder, logs, venue, live, ledger }
}

/** Loaded for those who trade for real: a dry run has no wallet and no signatures. */
async function openLiveParts(
  loaded: LoadedConfig,
  venue: Venue,
  folder: string,
  log: Log,
): Promise<Live> {
  const [{ openLive, shotLine }, { openPurse }] = await Promise.all([
    import('./live-setup.ts'),
    import('./live-purse.ts'),
  ])
  return await openLive({
    config: loaded.config,
    endpoints: venue.endpoints,
    purse: await openPurse(loaded, venue.account),
    isEmbedded: venue.account !== null,
    folder,
    log,
    shot: (record) => log.info('order on the wire', shotLine(record)),
  })
}

async function openBot(args: RunArgs, loaded: LoadedConfig, closers: Closers): Promise<Bot> {
  const { config } = loaded
  const strategy = bindStrategy(config)
  const mode: Mode = args.live ? 'live' : 'dry'
  const { folder, logs, venue, live, ledger } = await openGround(args, loaded, closers)
  let bot: Bot | null = null
  // A bot closes the ledger itself, after everything that may still have something for it.
  closers.push(() => (bot === null ? ledger.close() : undefined))
  const { remembered, keeper, bankroll, warning } = await behindLimits(config, live, ledger)
  const { changed, plan } = liveSettings(config, mode, args.once, bankroll)
  const stakes = stakeSettings(config, args.live)
  const settings = { ...engineSettings(config, strategy, args.once), changed, stakes }
  const held = heldLine(remembered)
  if (held?.halted === true && args.once) throw new UserError('halted', held.line)
  const hand = createHand()
  const control = await startControl({
    host: config.control.host,
    port: config.control.port,
    explicitPort: loaded.origins.get('control.port')?.kind !== 'default',
    runFile: join(folder, 'run.json'),
    log: logs.finder,
    apiKey: secretValue('DASHBOARD_API_KEY'),
    operate: hand.operate,
    change: hand.change,
  })
  closers.push(control.close)
  const screen = screenFor(args, config.venue, venue.notes, () => bot)
  closers.push(screen.stop)
  const log = shownLog(logs.finder, screen.note)
  venue.onGone((reason) => log.error(`the embedded venue is gone: ${reason}; start the bot again`))
  const status = createStatusFeed({ mode, venue: config.venue, strategy: strategy.name }, () => bot)
  const afterShot = live?.afterShot(ledger, () => bot)
  bot = createBot({
    settings,
    plan,
    orders: ordersOf(config, live, stakes !== null, log),
    now: nowMicros,
    log,
    keeper,
    sinks: [
      createLogSink(logs),
      createMarketFolder({ dir: config.log.marketDir, log: logs.finder }),
      status.sink,
      screen.sink,
      createTermsWatch(lastMarkets(join(folder, 'ledger.db')), logs.finder),
      ...(afterShot === undefined ? [] : [afterShot]),
    ],
    tape:
      args.tape === undefined
        ? null
        : createTape(args.tape, (error) =>
            logs.finder.error('the tape cannot be written', { error }),
          ),
    venueIsNew: venue.isNew,
    day: { starts: config.limits.dayStarts, zone: config.limits.dayZone },
    learned: strategy.span.isAuto ? pastAsks(config, strategy.span.asks) : [],
    // Of no wallet there are none: PolyBolt then refuses by name, and RTDS speaks for it.
    venue: venueParts(config, venue.endpoints, log, {
      credentials: live?.credentials ?? null,
      withStandby: false,
    }),
  })
  closers.push(bot.stop, status.start(control.publish))
  hand.holds(bot, ledger)
  if (held !== null) log.warn(held.line)
  if (warning !== null) log.error(warning)
  return bot
}

function ordersOf(config: Config, live: Live | null, isOnTrial: boolean, log: Log): Orders {
  if (live !== null) return { ...live.orders, twin: isOnTrial ? paperSettings(config) : null }
  const paper = paperSettings(config, tripsFor({ config, log }))
  return { mode: 'dry', fill: config.paper.fill, paper }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function childFlags(args: RunArgs): string[] {
  const given = {
    seed: args.seed,
    epoch: args.epoch,
    window: args.window,
    'first-close': args.firstClose,
  }
  const flags = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
  return ['--profile', 'demo', ...flags]
}
