/** The bot itself: dry by default, on the embedded venue by default. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { startControl } from '../../control/server.ts'
import type { MicroUsdc } from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { nowMicros } from '../../net/clock.ts'
import { createTape } from '../../recorder/tape.ts'
import { type Bot, createBot } from '../../runtime/bot.ts'
import type { Mode } from '../../runtime/modes.ts'
import { createLogSink } from '../../telemetry/log-sink.ts'
import { createLogs } from '../../telemetry/logger.ts'
import { createMarketFolder } from '../../telemetry/market-folder.ts'
import { type Endpoints, PRODUCTION, parseVenueJson } from '../../venues/polymarket/endpoints.ts'
import { bindStrategy, engineSettings, venueParts } from '../bot-setup.ts'
import { passLiveLocks } from '../live-lock.ts'
import { createScreen, type Screen } from '../live-table.ts'
import { settledLine } from '../settled-line.ts'
import { inOrderOfClose } from '../settled-order.ts'
import { createStatusFeed } from '../status-feed.ts'
import { startVenueChild, type VenueChild } from '../venue-child.ts'
import { EXIT, print, type Verb } from '../verb.ts'

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
      if (args.live) await refuseLive(loaded, stop.signal)
      if (args.schedule === undefined) return await session(args, loaded, stop.signal)
      return await scheduled(
        args.schedule,
        () => session({ ...args, once: true }, loaded, stop.signal),
        stop.signal,
      )
    } finally {
      unlisten()
    }
  },
}

/** All the locks are passed in order; behind them stands a door that is not built yet, and says so. */
async function refuseLive(loaded: LoadedConfig, abort: AbortSignal): Promise<never> {
  await passLiveLocks(loaded, abort)
  throw new UserError(
    'preflight',
    'live trading is not possible with this version: the live order path has not landed yet; run without --live',
  )
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

async function scheduled(
  cron: string,
  work: () => Promise<number>,
  abort: AbortSignal,
): Promise<number> {
  const { default: nodeCron } = await import('node-cron')
  if (!nodeCron.validate(cron)) {
    throw new UserError(
      'usage',
      `--schedule "${cron}" is not a cron text; every quarter of an hour is "*/15 * * * *"`,
    )
  }
  return new Promise((resolve, reject) => {
    const task = nodeCron.schedule(cron, async () => work().catch(reject), { noOverlap: true })
    abort.addEventListener('abort', () => {
      Promise.resolve(task.stop()).then(() => resolve(EXIT.ok), reject)
    })
  })
}

async function session(args: RunArgs, loaded: LoadedConfig, abort: AbortSignal): Promise<number> {
  const { config } = loaded
  const mode: Mode = 'dry'
  const strategy = bindStrategy(config)
  const settings = engineSettings(config, strategy, args.once)
  const child = await embeddedVenue(args, config.venue)
  const endpoints = endpointsOf(args, child)
  const folder = join(config.dataDir, config.venue, mode)
  mkdirSync(folder, { recursive: true })
  const base = { venue: config.venue, mode }
  const logs = createLogs({ ...config.log, base })
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    startingCash: config.paper.startingCashUsd as MicroUsdc,
    log: logs.finder,
  })
  const tape =
    args.tape === undefined
      ? null
      : createTape(args.tape, (error) => logs.finder.error('the tape cannot be written', { error }))
  let bot: Bot | null = null
  const screen = screenFor(args, config.venue, child, () => bot)
  const status = createStatusFeed({ mode, venue: config.venue, strategy: strategy.name }, () => bot)
  bot = createBot({
    settings,
    mode,
    fill: config.paper.fill,
    now: nowMicros,
    log: logs.finder,
    keeper: ledger,
    sinks: [
      createLogSink(logs),
      createMarketFolder({ dir: config.log.marketDir, log: logs.finder }),
      status.sink,
      screen.sink,
    ],
    tape,
    venue: venueParts(config, endpoints, logs.finder),
  })
  const control = await startControl({
    host: config.control.host,
    port: config.control.port,
    explicitPort: loaded.origins.get('control.port')?.kind !== 'default',
    runFile: join(folder, 'run.json'),
    log: logs.finder,
  })
  const stopStatus = status.start(control.publish)
  try {
    await bot.start()
    process.send?.('ready')
    await Promise.race([bot.done, aborted(abort)])
  } finally {
    stopStatus()
    await bot.stop()
    screen.stop()
    await control.close()
    await logs.close()
    await child?.stop()
  }
  return EXIT.ok
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function embeddedVenue(args: RunArgs, venue: string): Promise<VenueChild | null> {
  if (venue !== 'local' || args.venueJson !== undefined) return null
  const flags = ['--profile', 'demo']
  if (args.seed !== undefined) flags.push('--seed', String(args.seed))
  if (args.epoch !== undefined) flags.push('--epoch', String(args.epoch))
  if (args.window !== undefined) flags.push('--window', String(args.window))
  if (args.firstClose !== undefined) flags.push('--first-close', String(args.firstClose))
  return startVenueChild(flags)
}

function endpointsOf(args: RunArgs, child: VenueChild | null): Endpoints {
  if (child !== null) return parseVenueJson(child.line)
  if (args.venueJson === undefined) return PRODUCTION
  try {
    return parseVenueJson(readFileSync(args.venueJson, 'utf8'))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      'usage',
      `--venue-json ${args.venueJson} cannot be read: ${(error as Error).message}`,
    )
  }
}

function screenFor(
  args: RunArgs,
  venue: string,
  child: VenueChild | null,
  bot: () => Bot | null,
): Screen {
  if (args.json) {
    const sink = inOrderOfClose((settlement) => print(JSON.stringify(settledLine(settlement))))
    return { sink, stop: () => undefined }
  }
  const notes = child === null ? [] : notesOf(child.line)
  const place = venue === 'local' ? 'embedded venue, play money' : 'Polymarket, no orders are sent'
  return createScreen({
    banner: [`lastsecond  DRY RUN  ${place}`, ...notes.map((note) => `  ${note}`)],
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY === true,
    snapshot: () =>
      bot()?.snapshot() ?? { cash: '0', paused: false, clock: null, roundTrip: null, windows: [] },
  })
}

function notesOf(line: string): readonly string[] {
  return parseVenueJson(line).notes
}
