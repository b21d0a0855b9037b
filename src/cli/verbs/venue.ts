/** `lastsecond venue`: the embedded venue alone. Prints where it is in one line, then serves until it is stopped. */
import { UserError } from '../../domain/user-error.ts'
import { FAULTS, faultNameOf } from '../../local-venue/faults.ts'
import { PROFILES, type ProfileName } from '../../local-venue/profile.ts'
import { PORT_MAX } from '../../local-venue/services.ts'
import {
  DEFAULTS,
  type RunningVenue,
  startLocalVenue,
  type VenueOptions,
} from '../../local-venue/venue.ts'
import { EXIT, print, type Verb } from '../verb.ts'
import { whole } from '../whole.ts'

/** Below this the average before the close would cover most of the window. */
const WINDOW_LEAST_SEC = 90
const DAY_SEC = 86_400
const RATE_MAX = 2_000
const HOLD_MAX_MS = 10_000
/** The last millisecond that a Date holds, less a century for the venue to run. */
const EPOCH_MAX_MS = 8_000_000_000_000

type Flags = Readonly<Record<string, unknown>>

export const venue: Verb = {
  command: 'venue',
  describe: 'The embedded venue: a Polymarket look-alike on loopback, for any bot',
  build: (argv) =>
    argv
      .option('port', {
        type: 'string',
        default: '0',
        describe: 'first of twelve ports in a row; 0 takes any free ones',
      })
      .option('seed', {
        type: 'string',
        default: String(DEFAULTS.seed),
        describe: 'the same seed makes the same market',
      })
      .option('window', {
        type: 'string',
        describe: `length of every window in seconds, ${WINDOW_LEAST_SEC} or more`,
      })
      .option('first-close', {
        type: 'string',
        describe: 'seconds from the start to the first close (shortened windows)',
      })
      .option('epoch', {
        type: 'string',
        describe: "the venue's time at its start, in milliseconds (default: the wall clock)",
      })
      .option('fault', {
        type: 'string',
        array: true,
        describe: `what goes wrong: ${Object.keys(FAULTS).join(', ')}`,
      })
      .option('rate', {
        type: 'string',
        default: String(DEFAULTS.ratePerSec),
        describe: 'book changes a second of each market',
      })
      .option('hold', {
        type: 'string',
        describe: 'milliseconds that orders which take are held before they match (150)',
      })
      .option('parent', {
        type: 'boolean',
        default: false,
        hidden: true,
        describe: 'stop when stdin closes',
      }),
  run: async (args) => {
    const { parent } = args
    const running = await startLocalVenue(optionsOf(args, args.profile))
    // Whoever reads the line may stop us the next moment.
    const stopped = untilStopped(parent === true)
    print(args.json ? JSON.stringify(description(running)) : text(running))
    await stopped
    // A stdin that is still open would keep the process.
    if (parent === true) process.stdin.destroy()
    await running.close()
    return EXIT.ok
  },
}

export function optionsOf(flags: Flags, profileName: string | undefined): VenueOptions {
  const profile = profileFlag(profileName)
  const windowSec = whole(flags, 'window', WINDOW_LEAST_SEC, DAY_SEC)
  const firstCloseSec = whole(flags, 'first-close', 1, DAY_SEC)
  if (firstCloseSec !== undefined && windowSec === undefined && profile === 'faithful') {
    throw new UserError(
      'usage',
      '--first-close needs shortened windows: the real ones close when the clock says; add --window SECONDS or --profile demo.',
    )
  }
  const epochMs = whole(flags, 'epoch', 0, EPOCH_MAX_MS)
  const holdMs = whole(flags, 'hold', 0, HOLD_MAX_MS)
  const { fault } = flags
  const named = Array.isArray(fault) ? fault.map(String) : []
  return {
    profile,
    port: whole(flags, 'port', 0, PORT_MAX) ?? 0,
    seed: whole(flags, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? DEFAULTS.seed,
    ratePerSec: whole(flags, 'rate', 1, RATE_MAX) ?? DEFAULTS.ratePerSec,
    faults: named.flatMap((names) => names.split(',')).map(faultNameOf),
    // The venue's time starts with the process, so that its events do not depend on how fast it came up.
    startedAtMonotonicMs: 0,
    ...(windowSec === undefined ? {} : { windowSec }),
    ...(firstCloseSec === undefined ? {} : { firstCloseSec }),
    ...(epochMs === undefined ? {} : { epochMs }),
    ...(holdMs === undefined ? {} : { holdMs }),
  }
}

function profileFlag(name: string | undefined): ProfileName {
  const wanted = name ?? DEFAULTS.profile
  const found = PROFILES.find((profile) => profile === wanted)
  if (found !== undefined) return found
  throw new UserError(
    'usage',
    `--profile must be ${PROFILES.join(' or ')} for the venue, got "${wanted}".`,
  )
}

function description(running: RunningVenue): unknown {
  return {
    ...running.endpoints,
    account: running.account,
    chainId: running.chainId,
    seed: running.seed,
    serverTime: running.nowMs(),
    profile: running.profile,
    windowSec: running.windowSec,
    notes: running.notes,
  }
}

function text(running: RunningVenue): string {
  const urls = Object.entries(running.endpoints).map(([name, url]) => `  ${name.padEnd(12)} ${url}`)
  return [
    `Embedded venue, profile ${running.profile}, seed ${running.seed}. Stop it with Ctrl-C.`,
    ...urls,
    `  ${'account'.padEnd(12)} ${running.account.address} (throw-away; its key is in the --json output)`,
    ...running.notes.map((note) => `- ${note}`),
  ].join('\n')
}

/** A child whose parent died finds its stdin closed; it must not outlive the bot that started it. */
function untilStopped(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve()
    process.once('SIGTERM', stop)
    if (!withParent) {
      process.once('SIGINT', stop)
      return
    }
    // Ctrl-C in a terminal reaches the bot too, which ends in order and needs its venue until then.
    process.on('SIGINT', () => undefined)
    process.stdin.once('end', stop)
    process.stdin.once('close', stop)
    process.stdin.once('error', stop)
    process.stdin.resume()
  })
}
