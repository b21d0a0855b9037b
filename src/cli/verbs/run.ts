/** The bot itself: dry by default, on the embedded venue by default. */
import { loadConfig } from '../../config/load.ts'
import { onForwardedSignal } from '../launched.ts'
import { scheduled } from '../scheduled.ts'
import type { RunArgs } from '../session.ts'
import { EXIT, type Verb } from '../verb.ts'

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
      // Loaded here: neither help nor the process that only starts another one waits for the whole bot.
      const { session } = await import('../session.ts')
      const locks = args.live ? await import('../live-lock.ts') : null
      await locks?.passLiveLocks(loaded, stop.signal)
      if (args.schedule === undefined) return await session(args, loaded, stop)
      const once = { ...args, once: true }
      const turn = async (): Promise<number> => {
        // What the turn before it did may have closed them again.
        locks?.refuseLocked(loaded.config)
        return await session(once, loaded, stop)
      }
      await scheduled(args.schedule, turn, stop.signal)
      return EXIT.ok
    } finally {
      unlisten()
    }
  },
}

/** First signal: end in order. Second: end now. What a terminal sends comes twice to a launched process: by itself, and by its launcher. */
function onSignals(stop: AbortController): () => void {
  const counter = (): (() => void) => {
    let count = 0
    return () => {
      count += 1
      if (count > 1) process.exit(EXIT.general)
      stop.abort()
    }
  }
  const handler = counter()
  const unlisten = onForwardedSignal(counter())
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  // The terminal was closed: end in order all the same.
  process.on('SIGHUP', handler)
  return () => {
    unlisten()
    process.off('SIGINT', handler)
    process.off('SIGTERM', handler)
    process.off('SIGHUP', handler)
  }
}
