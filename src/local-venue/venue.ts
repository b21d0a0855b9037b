/**
 * The embedded venue: a Polymarket look-alike on loopback, for our bot and for everybody's. It shares no code with the
 * client side, so that the two can be wrong only one at a time.
 */
import { performance } from 'node:perf_hooks'
import { type ClobDeps, clobNowMs, clobRoutes } from './clob-reads.ts'
import { createVenueClock } from './clock.ts'
import { controlRoutes } from './control.ts'
import { driveFaults } from './fault-driver.ts'
import { createFaults, FAULTS, type FaultName } from './faults.ts'
import { gammaGate, gammaRoutes } from './gamma.ts'
import { createService } from './http.ts'
import { type Account, throwAwayAccount } from './identity.ts'
import { createMarketChannel } from './market-channel.ts'
import { createMarketServer } from './market-server.ts'
import { startPacer } from './pacer.ts'
import { type Profile, type ProfileName, profileOf, shortenedNotes } from './profile.ts'
import { realSchedule, type Schedule, shortSchedule } from './schedule.ts'
import { closeAll, type Endpoints, listenAll } from './services.ts'
import { createUnserved } from './unserved.ts'
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
  readonly faults?: readonly FaultName[]
  /** Changes a second of each running market. */
  readonly ratePerSec?: number
  /** Overrides the profile's delay between a window's end and its resolution. */
  readonly resolutionDelayMs?: number
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
  close(): Promise<void>
}

export const DEFAULTS = { seed: 1, ratePerSec: 20, profile: 'faithful' } as const
const CHAIN_ID = 137
const LISTED_AHEAD = 4

export async function startLocalVenue(options: VenueOptions = {}): Promise<RunningVenue> {
  const seed = options.seed ?? DEFAULTS.seed
  const profile = withOverrides(profileOf(options.profile ?? DEFAULTS.profile), options)
  const clock = createVenueClock(
    options.epochMs ?? null,
    options.startedAtMonotonicMs ?? performance.now(),
  )
  const { nowMs } = clock
  const anchorSec = Math.floor(clock.startedAtMs / 1000)
  const schedule = scheduleOf(profile, anchorSec)
  const faults = createFaults(seed, nowMs)
  const world = createWorld({
    seed,
    profile,
    schedule,
    anchorSec,
    ratePerSec: options.ratePerSec ?? DEFAULTS.ratePerSec,
    listedAhead: LISTED_AHEAD,
    holdsResolution: (market, atMs) =>
      atMs - market.resolvesAtMs < HELD_AT_MOST_MS && faults.strikes('late-resolution', market),
  })
  driveFaults(world, faults, anchorSec * 1000)
  for (const name of options.faults ?? []) {
    faults.set({ name, market: null, untilMs: null, probability: FAULTS[name].chance })
  }
  const pacer = startPacer(world, nowMs)
  const channel = createMarketChannel({ world, faults, catchUp: pacer.catchUp, later: pacer.later })
  const clob: ClobDeps = { world, faults, nowMs }
  const servers = {
    gamma: createService({ routes: gammaRoutes(clob), dateMs: nowMs, before: gammaGate(clob) }),
    clob: createService({ routes: clobRoutes(clob), dateMs: () => clobNowMs(clob) }),
    data: createUnserved('the Data API'),
    market: createMarketServer(channel),
    rtds: createUnserved('the real-time data socket (RTDS)'),
    polybolt: createUnserved('PolyBolt'),
    binanceWs: createUnserved('the Binance streams'),
    binanceRest: createUnserved('the Binance REST API'),
    coinbaseWs: createUnserved('the Coinbase feed'),
    site: createUnserved("the web site's price helpers"),
    chain: createUnserved('the chain (JSON-RPC)'),
    control: createService({
      routes: controlRoutes({ ...clob, profile: profile.name, waitUntil: pacer.waitUntil }),
      dateMs: nowMs,
    }),
  }
  const stop = (): void => {
    pacer.stop()
    channel.close()
  }
  try {
    const endpoints = await listenAll(servers, options.port ?? 0)
    return {
      endpoints,
      account: throwAwayAccount(seed),
      chainId: CHAIN_ID,
      seed,
      profile: profile.name,
      windowSec: profile.windowSec,
      notes: [
        ...(profile.windowSec === null ? [] : shortenedNotes(profile.windowSec)),
        ...profile.notes,
      ],
      nowMs,
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

/** A fault that is left on must not keep a window from ever being resolved. */
const HELD_AT_MOST_MS = 300_000

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
