/** Preflight: each line ok, warning or fail, with the fix. */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { bindStrategy, type RealVenueParts, venueParts } from '../bot-setup.ts'
import { type Line, ok } from '../doctor-line.ts'
import { hearFeeds } from '../feed-lines.ts'
import { keyLines } from '../key-lines.ts'
import { hearTrouble } from '../venue-answers.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, type Verb } from '../verb.ts'

/** The clock needs a few whole seconds to be measured well. */
const CLOCK_MS = 6_000
const DISK_MIN_BYTES = 500_000_000
const LAG_WARN_MS = 20

export const doctor: Verb = {
  command: 'doctor',
  describe: 'check everything the bot needs, each line with its fix',
  build: (argv) =>
    argv
      .option('live', { type: 'boolean', default: false, describe: 'also what live trading needs' })
      .option('venue', { type: 'string', describe: 'local (embedded) or polymarket' })
      .option('venue-json', {
        type: 'string',
        describe: 'file with the JSON line of an embedded venue that runs already',
      }),
  async run(args) {
    const flags = { venue: args['venue'] as string | undefined }
    const loaded = loadConfig({
      config: args.config,
      profile: args.profile,
      logLevel: args.logLevel,
      flags,
    })
    bindStrategy(loaded.config)
    const lines = [
      ...here(loaded),
      ...(await there(loaded, args['venue-json'] as string | undefined)),
    ]
    if (args['live'] === true) lines.push(...live(loaded))
    for (const line of lines) {
      if (args.json) continue
      const mark = { ok: 'ok     ', warning: 'WARNING', fail: 'FAIL   ' }[line.state]
      print(
        `${mark}  ${line.name}: ${line.detail}${line.fix === '' ? '' : `\n         fix: ${line.fix}`}`,
      )
    }
    if (args.json) print(JSON.stringify(lines))
    return lines.some((line) => line.state === 'fail') ? EXIT.preflight : EXIT.ok
  },
}

function here({ config, files }: LoadedConfig): Line[] {
  const lines = [
    ok('node', process.version),
    ok('configuration', files.length === 0 ? 'defaults only' : `read from ${files.join(', ')}`),
  ]
  for (const folder of [config.dataDir, config.log.dir, config.log.marketDir]) {
    try {
      mkdirSync(folder, { recursive: true })
      accessSync(folder, constants.W_OK)
      lines.push(ok(`folder ${folder}`, 'can be written'))
    } catch (error) {
      lines.push({
        name: `folder ${folder}`,
        state: 'fail',
        detail: (error as Error).message,
        fix: 'make it writable, or choose another in the configuration',
      })
    }
  }
  const { bavail, bsize } = statfsSync('.')
  const free = bavail * bsize
  const detail = `${Math.round(free / 1e6)} MB free`
  lines.push(
    free > DISK_MIN_BYTES
      ? ok('disk', detail)
      : {
          name: 'disk',
          state: 'warning',
          detail,
          fix: 'free some space: a ledger that cannot be written stops the bot',
        },
  )
  return lines
}

async function there({ config }: LoadedConfig, venueJson: string | undefined): Promise<Line[]> {
  const lag = monitorEventLoopDelay({ resolution: 5 })
  const venue = await openVenue({
    venue: config.venue,
    venueJson,
    childFlags: ['--profile', 'demo'],
  })
  let gone = false
  const trouble = hearTrouble(() => undefined)
  const heard = hearFeeds()
  const parts = venueParts(config, venue.endpoints, trouble.log, {
    credentials: null,
    withStandby: true,
  })(heard.emit, () => parts.clock.venueNow())
  const lines: Line[] = []
  try {
    lag.enable()
    for (const feed of parts.feeds) feed.start()
    await Promise.race([
      parts.clock.start(),
      pause(CLOCK_MS).then(() => {
        gone = parts.clock.estimate() === null
      }),
    ])
    if (gone)
      return [
        {
          name: 'venue',
          state: 'fail',
          detail: trouble.last() ?? 'it does not answer',
          fix: 'check the network, a firewall or a block of your region',
        },
      ]
    await pause(CLOCK_MS)
    lag.disable()
    lines.push(
      clockLine(parts, config),
      ...(await windowLines(parts)),
      ...heard.lines(config),
      lagLine(lag.percentile(99) / 1e6),
    )
    return lines
  } finally {
    for (const feed of parts.feeds) await feed.close()
    parts.clock.stop()
    await parts.finder.stop()
    await venue.stop()
  }
}

function live(loaded: LoadedConfig): Line[] {
  return [
    ...keyLines(loaded),
    {
      name: 'live orders',
      state: 'fail',
      detail: 'the live order path has not landed in this version',
      fix: 'run without --live',
    },
  ]
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function clockLine({ clock }: RealVenueParts, { limits }: Config): Line {
  const estimate = clock.estimate()
  const errorMs = (estimate?.errorMicros ?? 0) / 1_000
  const detail = `ours plus ${((estimate?.offsetMicros ?? 0) / 1_000).toFixed(1)} ms, known to ${errorMs.toFixed(1)} ms`
  if (errorMs <= limits.maxClockErrorMs) return ok('venue clock', detail)
  return {
    name: 'venue clock',
    state: 'fail',
    detail,
    fix: 'use a faster network, or raise limits.maxClockErrorMs',
  }
}

async function windowLines({ finder }: RealVenueParts): Promise<Line[]> {
  const { listed, refused } = await finder.pollNow()
  if (listed.length === 0) {
    return [
      {
        name: 'discovery',
        state: 'warning',
        detail: `no window found (${refused.length} refused)`,
        fix: 'see `lastsecond markets` for the reasons',
      },
    ]
  }
  return listed.map((market) => {
    const hold = market.takerHold === null ? 'not stated' : market.takerHold ? 'yes' : 'no'
    if (market.mappingDoubt === null) return ok(market.slug, `found; takers held: ${hold}`)
    return {
      name: market.slug,
      state: 'warning',
      detail: market.mappingDoubt,
      fix: 'this window will not be shot at',
    }
  })
}

function lagLine(lagMs: number): Line {
  if (lagMs < LAG_WARN_MS) return ok('event loop', `99 % of turns within ${lagMs.toFixed(1)} ms`)
  return {
    name: 'event loop',
    state: 'warning',
    detail: `${lagMs.toFixed(1)} ms at the 99th percentile`,
    fix: 'give the machine less other work: a late loop is a late shot',
  }
}
