/** Preflight: each line ok, warning or fail, with the fix. */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { writerOf } from '../../ledger/ledger.ts'
import { bindStrategy } from '../bot-setup.ts'
import { fail, type Line, ok, warning } from '../doctor-line.ts'
import { fillableLines } from '../fillable-lines.ts'
import { keyLines } from '../key-lines.ts'
import { lockOf } from '../live-lock.ts'
import { venueChecks } from '../venue-checks.ts'
import { EXIT, print, type Verb } from '../verb.ts'

const DISK_MIN_BYTES = 500_000_000

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
    const live = args['live'] === true
    const before = [
      ...here(loaded),
      ...fillableLines(loaded.config),
      ...(live ? liveHere(loaded) : []),
    ]
    const venueJson = args['venue-json'] as string | undefined
    // What is wrong with the place of a key is said without opening it.
    const opens = live && before.every(({ name, state }) => name !== 'key' || state !== 'fail')
    const lines = [...before, ...(await venueChecks(loaded, venueJson, live, opens))]
    tell(lines, args.json)
    return lines.some((line) => line.state === 'fail') ? EXIT.preflight : EXIT.ok
  },
}

function tell(lines: readonly Line[], json: boolean): void {
  if (json) return print(JSON.stringify(lines))
  for (const { name, state, detail, fix } of lines) {
    const mark = { ok: 'ok     ', warning: 'WARNING', fail: 'FAIL   ' }[state]
    print(`${mark}  ${name}: ${detail}${fix === '' ? '' : `\n         fix: ${fix}`}`)
  }
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
      const fix = 'make it writable, or choose another in the configuration'
      lines.push(fail(`folder ${folder}`, (error as Error).message, fix))
    }
  }
  const { bavail, bsize } = statfsSync('.')
  const free = bavail * bsize
  const detail = `${Math.round(free / 1e6)} MB free`
  lines.push(
    free > DISK_MIN_BYTES
      ? ok('disk', detail)
      : warning('disk', detail, 'free some space: a ledger that cannot be written stops the bot'),
  )
  return lines
}

/** Looked at without opening anything: the ledger's lock and, where a key is needed, the place of it. */
/** What has to be on, and what a dry run has to have shown. */
function lockLine(refusal: string | null): Line {
  if (refusal === null)
    return ok('lock', 'what protects the money is on, and the dry run has shown enough')
  const fix = 'run dry until then; the first real order is small: docs/going-live.md'
  return fail('lock', refusal, fix)
}

function liveHere(loaded: LoadedConfig): Line[] {
  const { config } = loaded
  const writer = writerOf(join(config.dataDir, config.venue, 'live', 'ledger.db'))
  const ledger =
    writer === null
      ? ok('ledger', 'no other process writes it')
      : warning(
          'ledger',
          `process ${writer} writes the ledger of live trading`,
          'a second bot on it is refused; to end the first: lastsecond stop --live',
        )
  if (config.venue === 'local') return [ledger]
  return [ledger, ...keyLines(loaded), lockLine(lockOf(config))]
}
