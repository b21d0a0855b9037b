/**
 * The embedded venue: a Polymarket look-alike on loopback, for our bot and for everybody's. It shares no code with the
 * client side, so that the two can be wrong only one at a time.
 */
import { performance } from 'node:perf_hooks'
import { createBugs } from './bugs.ts'
import { createVenueClock, type VenueClock } from './clock.ts'
import { driveFaults } from './fault-driver.ts'
import { createFaults, FAULTS, type FaultName } from './faults.ts'
import { type Account, throwAwayAccount } from './identity.ts'
import { startPacer } from './pacer.ts'
import { type Profile, type ProfileName, profileOf, shortenedNotes } from './profile.ts'
import { realSchedule, type Schedule, shortSchedule } from './schedule.ts'
import { createServers } from './servers.ts'
import { closeAll, type Endpoints, listenAll } from './services.ts'
import { createWorld } from './world.ts'

export type VenueOptions = {
  readonly seed?: number
  readonly profile?: ProfileName
  /** 0 takes any free ports. */
  readonly port?: number
  /** Overrides the length of every window. The command line allows 90 s and more; tests may go below. */
  readonly windowSec?: number
  /** Seconds from the start to the first close, where windows are shortened. */
  readonly firstCloseSec?: number
  /** The venue's time at its start; the wall clock when left out. */
  readonly epochMs?: number
  /** Monotonic milliseconds of this process at which the venue's time was `epochMs`; now when left out. */
  readonly startedAtMonotonicMs?: number
  /** Instead of both: a clock that its owner holds still or moves on, so that no window closes unless it is meant to. */
  readonly clock?: VenueClock
  readonly faults?: readonly FaultName[]
  /** Changes a second of each running market. */
  readonly ratePerSec?: number
  /** Overrides the profile's delay between a window's end and its resolution. */
  readonly resolutionDelayMs?: number
  /** How long orders that take are held before they match. */
  readonly holdMs?: number
}

export type RunningVenue = {
  readonly endpoints: Endpoints
  readonly account: Account
  readonly chainId: number
  readonly seed: number
  readonly profile: ProfileName
  /** Null: the windows have their real lengths. */
  readonly windowSec: number | null
  readonly notes: readonly string[]
  nowMs(): number
  /** What broke inside; there should be none. */
  bugs(): readonly string[]
  close(): Promise<void>
}

export const DEFAULTS = { seed: 1, ratePerSec: 20, profile: 'faithful' } as const
const CHAIN_ID = 137
/** As the real venue holds takers today. */
const HOLD_MS = 150
const LISTED_AHEAD = 4
/** A fault that is left on must not keep a window from ever being resolved. */
const HELD_AT_MOST_MS = 300_000

export async function startLocalVenue(options: VenueOptions = {}): Promise<RunningVenue> {
  const seed = options.seed ?? DEFAULTS.seed
  const profile = withOverrides(profileOf(options.profile ?? DEFAULTS.profile), options)
  const since = options.startedAtMonotonicMs ?? performance.now()
  const { nowMs, startedAtMs } = options.clock ?? createVenueClock(options.epochMs ?? null, since)
  const anchorSec = Math.floor(startedAtMs / 1000)
  const faults = createFaults(seed, nowMs)
  const bugs = createBugs((text) => void process.stderr.write(text))
  const world = createWorld({
    seed,
    bugs,
    profile,
    schedule: scheduleOf(profile, anchorSec),
    anchorSec,
    ratePerSec: options.ratePerSec ?? DEFAULTS.ratePerSec,
    listedAhead: LISTED_AHEAD,
    holdsResolution: (market, atMs) =>
      atMs - market.resolvesAtMs < HELD_AT_MOST_MS && faults.strikes('late-resolution', market),
  })
  driveFaults(world, faults, nowMs)
  for (const name of options.faults ?? []) {
    faults.set({ name, market: null, untilMs: null, probability: FAULTS[name].chance })
  }
  const pacer = startPacer(world, nowMs, bugs)
  const account = throwAwayAccount(seed)
  const { servers, channel, users } = createServers({
    world,
    bugs,
    faults,
    pacer,
    profile: profile.name,
    holdMs: options.holdMs ?? HOLD_MS,
    account: account.address,
    nowMs,
  })
  const stop = (): void => {
    pacer.stop()
    channel.close()
    users.close()
  }
  try {
    const endpoints = await listenAll(servers, options.port ?? 0)
    return {
      endpoints,
      account,
      chainId: CHAIN_ID,
      seed,
      profile: profile.name,
      windowSec: profile.windowSec,
      notes: notesOf(profile),
      nowMs,
      bugs: bugs.list,
      close: async () => {
        stop()
        await closeAll(servers)
      },
    }
  } catch (error) {
    stop()
    throw error
  }
}

function withOverrides(profile: Profile, options: VenueOptions): Profile {
  const delay = options.resolutionDelayMs
  return {
    ...profile,
    windowSec: options.windowSec ?? profile.windowSec,
    firstCloseSec: options.firstCloseSec ?? profile.firstCloseSec,
    resolutionDelayMs: delay === undefined ? profile.resolutionDelayMs : () => delay,
  }
}

function scheduleOf(profile: Profile, anchorSec: number): Schedule {
  if (profile.windowSec === null) return realSchedule()
  return shortSchedule(profile.windowSec, anchorSec + profile.firstCloseSec)
}

function notesOf(profile: Profile): readonly string[] {
  return profile.windowSec === null
    ? profile.notes
    : [...shortenedNotes(profile.windowSec), ...profile.notes]
}
