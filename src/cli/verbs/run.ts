/** The bot itself: dry by default, on the embedded venue by default. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { secretValue } from '../../config/secrets.ts'
import { startControl } from '../../control/server.ts'
import type { MicroUsdc } from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { nowMicros } from '../../net/clock.ts'
import { createTape } from '../../recorder/tape.ts'
import { type Bot, createBot } from '../../runtime/bot.ts'
import type { Mode } from '../../runtime/modes.ts'
import type { EngineSnapshot } from '../../runtime/snapshot.ts'
import { createLogSink } from '../../telemetry/log-sink.ts'
import { createLogs } from '../../telemetry/logger.ts'
import { createMarketFolder } from '../../telemetry/market-folder.ts'
import { bindStrategy, engineSettings, venueParts } from '../bot-setup.ts'
import { liveWallet, passLiveLocks } from '../live-lock.ts'
import { openLive, shotLine } from '../live-setup.ts'
import { createScreen, type Screen } from '../live-table.ts'
import { createHand, heldLine } from '../operator-hand.ts'
import { scheduled } from '../scheduled.ts'
import { settledLine } from '../settled-line.ts'
import { inOrderOfClose } from '../settled-order.ts'
import { shownLog } from '../shown-log.ts'
import { createStatusFeed } from '../status-feed.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

type RunArgs = {
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

export const run: Verb = {
  command: 'run',
  describe: 'run the bot (dry unless --live)',
  build: (argv) =>
    argv
      .option('live', {
        type: 'boolean',
        default: false,
        describe: 'trade for real, after a five-second warning',
      })
      .option('once', {
        type: 'boolean',
        default: false,
        describe: 'one window of each series, then exit',
      })
      .option('schedule', {
        type: 'string',
        describe: 'run one window of each series at every tick of this cron text',
      })
      .option('asset', { type: 'string', describe: 'assets, for example btc,eth' })
      .option('interval', { type: 'string', describe: 'window lengths, for example 5m,15m' })
      .option('strategy', { type: 'string', describe: 'strategy by name' })
      .option('venue', { type: 'string', describe: 'local (embedded, play money) or polymarket' })
      .option('venue-json', {
        type: 'string',
        describe: 'file with the JSON line of an embedded venue that runs already',
      })
      .option('seed', { type: 'number', describe: 'seed of the embedded venue' })
      .option('epoch', { type: 'number', describe: "start of the embedded venue's clock, in ms" })
      .option('window', {
        type: 'number',
        describe: 'window length of the embedded venue, in seconds',
      })
      .option('first-close', {
        type: 'number',
        describe: "seconds to the embedded venue's first close",
      })
      .option('tape', {
        type: 'string',
        describe: 'write every event to this file, as JSON lines',
      }),
  async run(given) {
    const args = given as unknown as RunArgs
    const text = (name: string) => given[name] as string | undefined
    const flags = {
      assets: text('asset'),
      intervals: text('interval'),
      strategy: text('strategy'),
      venue: text('venue'),
    }
    const loaded = loadConfig({
      config: given.config,
      profile: given.profile,
      logLevel: given.logLevel,
      flags,
    })
    const stop = new AbortController()
    const unlisten = onSignals(stop)
    try {
      if (args.live) await passLiveLocks(loaded, stop.signal)
      if (args.schedule === undefined) return await session(args, loaded, stop)
      const once = { ...args, once: true }
      await scheduled(args.schedule, () => session(once, loaded, stop), stop.signal)
      return EXIT.ok
    } finally {
      unlisten()
    }
  },
}

/** First signal: end in order. Second: end now. */
function onSignals(stop: AbortController): () => void {
  const handler = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.general)
    stop.abort()
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  return () => {
    process.off('SIGINT', handler)
    process.off('SIGTERM', handler)
  }
}

/** One life of the bot, behind the locks. */
export async function session(
  args: RunArgs,
  loaded: LoadedConfig,
  stop: AbortController,
): Promise<number> {
  // What is opened is closed in the opposite order, however far the opening came.
  const closers: (() => unknown)[] = []
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

async function openBot(
  args: RunArgs,
  loaded: LoadedConfig,
  closers: (() => unknown)[],
): Promise<Bot> {
  const { config } = loaded
  const mode: Mode = args.live ? 'live' : 'dry'
  const strategy = bindStrategy(config)
  const settings = engineSettings(config, strategy, args.once)
  const folder = join(config.dataDir, config.venue, mode)
  mkdirSync(folder, { recursive: true })
  const logs = createLogs({ ...config.log, base: { venue: config.venue, mode } })
  closers.push(logs.close)
  const hand = createHand()
  const control = await startControl({
    host: config.control.host,
    port: config.control.port,
    explicitPort: loaded.origins.get('control.port')?.kind !== 'default',
    runFile: join(folder, 'run.json'),
    log: logs.finder,
    apiKey: secretValue('DASHBOARD_API_KEY'),
    operate: hand.operate,
  })
  closers.push(control.close)
  const venue = await openVenue({
    venue: config.venue,
    venueJson: args.venueJson,
    childFlags: childFlags(args),
  })
  closers.push(venue.stop)
  let bot: Bot | null = null
  const live = args.live
    ? await openLive({
        config,
        endpoints: venue.endpoints,
        wallet: await liveWallet(loaded, venue.account),
        folder,
        log: logs.trades,
        shot: (record) => logs.trades.info('order on the wire', shotLine(record)),
      })
    : null
  closers.push(() => live?.close())
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    startingCash: live?.balance ?? (config.paper.startingCashUsd as MicroUsdc),
    log: logs.finder,
  })
  const afterShot = live?.afterShot(ledger, () => bot)
  const held = heldLine(await ledger.restore())
  if (held?.halted === true && args.once) {
    await ledger.close()
    throw new UserError('halted', held.line)
  }
  const tape =
    args.tape === undefined
      ? null
      : createTape(args.tape, (error) => logs.finder.error('the tape cannot be written', { error }))
  const screen = screenFor(args, config.venue, venue.notes, () => bot)
  closers.push(screen.stop)
  const log = shownLog(logs.finder, screen.note)
  const status = createStatusFeed({ mode, venue: config.venue, strategy: strategy.name }, () => bot)
  bot = createBot({
    settings,
    orders: live?.orders ?? { mode: 'dry', fill: config.paper.fill },
    now: nowMicros,
    log,
    keeper: live?.keeper(ledger) ?? ledger,
    sinks: [
      createLogSink(logs),
      createMarketFolder({ dir: config.log.marketDir, log: logs.finder }),
      status.sink,
      screen.sink,
      ...(afterShot === undefined ? [] : [afterShot]),
    ],
    tape,
    venueIsNew: venue.isNew,
    venue: venueParts(config, venue.endpoints, log),
  })
  closers.push(bot.stop, status.start(control.publish))
  hand.holds(bot, ledger)
  if (held !== null) log.warn(held.line)
  return bot
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

const EMPTY: EngineSnapshot = {
  cash: '0',
  paused: false,
  halted: false,
  stopping: false,
  clock: null,
  roundTrip: null,
  windows: [],
}

function screenFor(
  args: RunArgs,
  venue: string,
  notes: readonly string[],
  bot: () => Bot | null,
): Screen {
  if (args.json) {
    const sink = inOrderOfClose((settlement) => print(JSON.stringify(settledLine(settlement))))
    return { sink, note: (line) => say(`lastsecond: ${line}`), stop: () => undefined }
  }
  const place = venue === 'local' ? 'embedded venue, play money' : 'Polymarket, no orders are sent'
  return createScreen({
    banner: [
      args.live
        ? `lastsecond  ${venue === 'local' ? 'LIVE ON EMBEDDED VENUE  play money' : 'LIVE  real money'}`
        : `lastsecond  DRY RUN  ${place}`,
      ...notes.map((note) => `  ${note}`),
    ],
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY === true,
    snapshot: () => bot()?.snapshot() ?? EMPTY,
  })
}
