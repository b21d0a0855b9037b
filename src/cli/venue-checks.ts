/** The doctor's questions to the venue: its clock, its windows, and for live trading the account and the way of an order. */

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { LoadedConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Market } from '../domain/market.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { formatPrice, type MicroUsdc } from '../domain/units.ts'
import { holdMicros } from '../engine/decision.ts'
import { nowMicros } from '../net/clock.ts'
import type { ApiCredentials } from '../venues/polymarket/account.ts'
import { createRedeemer } from '../venues/polymarket/redeem.ts'
import { bindStrategy, engineSettings, type RealVenueParts, venueParts } from './bot-setup.ts'
import { type CrossChecks, createCrossChecks, crossCheckLines } from './cross-checks.ts'
import { fail, failOf, type Line, ok, warning } from './doctor-line.ts'
import { hearFeeds } from './feed-lines.ts'
import { checkAccount } from './live-checks.ts'
import { openPurse, type Purse } from './live-purse.ts'
import { outcomeLines } from './outcome-checks.ts'
import { measureJitter, offsetLine, roundTripLine, safeSend, safeSendLine } from './path-checks.ts'
import { AT_THE_SITE } from './redemption-way.ts'
import { probeRoundTrips } from './round-trip-probe.ts'
import { limitsTooLoose } from './safeguards.ts'
import { hearTrouble } from './venue-answers.ts'
import { openVenue, type Venue } from './venue-endpoints.ts'

/** The clock needs a few whole seconds to be measured well. */
const CLOCK_MS = 6_000
const LAG_WARN_MS = 20
/** What others say of the strikes is answered at once, or not in time for a person who waits. */
const CROSS_CHECK_MS = 4_000
const LOOK_MS = 100

export async function venueChecks(
  loaded: LoadedConfig,
  venueJson: string | undefined,
  live: boolean,
  /** Nothing is known against the place of the key. */
  opensKey: boolean,
): Promise<Line[]> {
  const { config } = loaded
  const venue = await openVenue({
    venue: config.venue,
    venueJson,
    childFlags: ['--profile', 'demo'],
  })
  try {
    const { lines, credentials } = opensKey
      ? await accountLines(loaded, venue)
      : { lines: [], credentials: null }
    return [...(await marketLines(loaded, venue, live, credentials)), ...lines]
  } finally {
    await venue.stop()
  }
}

type AccountLines = {
  readonly lines: readonly Line[]
  /** For the sources of prices that want them. */
  readonly credentials: ApiCredentials | null
}

async function accountLines(loaded: LoadedConfig, venue: Venue): Promise<AccountLines> {
  try {
    const purse = await openPurse(loaded, venue.account)
    const { endpoints } = venue
    const { lines, account, balance } = await checkAccount({
      purse,
      endpoints,
      limits: loaded.config.limits,
    })
    return {
      lines: [
        ...lines,
        ...(account === null || balance === 0 ? [] : [limitsLine(loaded.config, balance)]),
        ...(await outcomeLines(endpoints.chain, purse.wallet, bindStrategy(loaded.config))),
        await gasLine(purse, endpoints.chain),
      ],
      credentials: account?.credentials ?? null,
    }
  } catch (error) {
    return { lines: [failOf('key', error, 'see docs/keys.md')], credentials: null }
  }
}

/** The start counts what is held and not redeemed, too; here only the venue is asked. */
function limitsLine(config: Config, balance: MicroUsdc): Line {
  const refusal = limitsTooLoose(config, balance)
  if (refusal === null) return ok('limits', 'those in dollars are within what there is')
  return warning(
    'limits',
    refusal,
    'a live start refuses where what is held does not make up for it',
  )
}

/** Trading costs none of it; approving and redeeming does. */
async function gasLine({ wallet, address }: Purse, rpc: string): Promise<Line> {
  const chain = createRedeemer(rpc, wallet)
  try {
    if (wallet.funder !== null && (await chain.operatorMay()))
      return ok('chain', "wins are redeemed by the venue's operator, which was allowed to")
    if (!chain.canMove)
      return warning('chain', 'only the venue moves a deposit wallet', AT_THE_SITE)
    const wei = await chain.gas()
    if (wei > 0n) return ok('chain', `${(Number(wei) / 1e18).toFixed(4)} POL for transactions`)
    const fix = 'send it a little POL: approvals and redemptions are transactions'
    return warning('chain', `${address} holds no POL`, fix)
  } catch {
    const fix = 'redemptions need it; see whether a firewall is in the way'
    return warning('chain', `${rpc} does not answer`, fix)
  } finally {
    chain.close()
  }
}

async function marketLines(
  loaded: LoadedConfig,
  venue: Venue,
  live: boolean,
  credentials: ApiCredentials | null,
): Promise<Line[]> {
  const { config } = loaded
  const lag = monitorEventLoopDelay({ resolution: 5 })
  const trouble = hearTrouble(() => undefined)
  const heard = hearFeeds()
  const checks = createCrossChecks()
  const parts = venueParts(config, venue.endpoints, trouble.log, {
    credentials,
    withStandby: true,
  })(
    (event) => {
      heard.emit(event)
      checks.emit(event)
    },
    () => parts.clock.venueNow(),
  )
  try {
    lag.enable()
    for (const feed of parts.feeds) feed.start()
    if (!(await isBounded(parts))) {
      const why = trouble.last() ?? 'it does not answer'
      return [fail('venue', why, 'check the network, a firewall or a block of your region')]
    }
    await pause(CLOCK_MS)
    lag.disable()
    const { listed, refused } = await parts.finder.pollNow()
    checks.ask(listed, parts.clock.venueNow(), parts.finder.askStrike)
    await untilSaid(checks)
    return [
      clockLine(parts, config),
      ...(live ? await pathLines(config, venue, parts, listed) : []),
      ...windowLines(listed, refused.length, live, config),
      ...heard.lines(config),
      ...crossCheckLines(checks.list(nowMicros(), parts.clock.venueNow())),
      lagLine(lag.percentile(99) / 1e6),
    ]
  } finally {
    for (const feed of parts.feeds) await feed.close()
    parts.clock.stop()
    await parts.finder.stop()
  }
}

async function untilSaid(checks: CrossChecks): Promise<void> {
  for (let waited = 0; waited < CROSS_CHECK_MS && !checks.isComplete(); waited += LOOK_MS)
    await pause(LOOK_MS)
}

async function isBounded({ clock }: RealVenueParts): Promise<boolean> {
  await Promise.race([clock.start(), pause(CLOCK_MS)])
  return clock.estimate() !== null
}

async function pathLines(
  config: Config,
  venue: Venue,
  { clock }: RealVenueParts,
  listed: readonly Market[],
): Promise<Line[]> {
  const estimate = clock.estimate() ?? { offsetMicros: 0, errorMicros: 0 }
  const probe = await probeRoundTrips(venue.endpoints.clob)
  const strategy = bindStrategy(config)
  const settings = engineSettings(config, strategy, false)
  const deadline = safeSend({
    probe,
    holdMicros: Math.max(0, ...listed.map((market) => holdMicros(market, settings))),
    clockErrorMicros: estimate.errorMicros,
    jitterMicros: await measureJitter(),
  })
  return [
    offsetLine(estimate, venue.account !== null),
    roundTripLine(probe),
    ...(deadline === null ? [] : [safeSendLine(deadline, firesAtMicros(strategy))]),
  ]
}

/** A second that is chosen is never later than the latest safe send. */
function firesAtMicros({ span }: BoundStrategy): number {
  return span.isAuto ? Number.POSITIVE_INFINITY : span.fromSec * 1e6
}

function clockLine({ clock }: RealVenueParts, { limits }: Config): Line {
  const estimate = clock.estimate()
  const errorMs = (estimate?.errorMicros ?? 0) / 1_000
  const detail = `ours plus ${((estimate?.offsetMicros ?? 0) / 1_000).toFixed(1)} ms, known to ${errorMs.toFixed(1)} ms`
  if (errorMs <= limits.maxClockErrorMs) return ok('venue clock', detail)
  return fail('venue clock', detail, 'use a faster network, or raise limits.maxClockErrorMs')
}

function windowLines(
  listed: readonly Market[],
  refused: number,
  live: boolean,
  config: Config,
): Line[] {
  if (listed.length === 0) {
    const detail = `no window found (${refused} refused)`
    return [warning('discovery', detail, 'see `lastsecond markets` for the reasons')]
  }
  return listed.map((market) => {
    if (market.mappingDoubt !== null)
      return warning(market.slug, market.mappingDoubt, 'this window will not be shot at')
    return ok(market.slug, `found; ${live ? termsOf(market, config) : heldText(market)}`)
  })
}

function heldText({ takerHold }: Market): string {
  return `takers held: ${takerHold === null ? 'not stated' : takerHold ? 'yes' : 'no'}`
}

/** What a shot at it would meet. */
function termsOf(market: Market, config: Config): string {
  const { fee, tickSize, version } = market
  const settings = engineSettings(config, bindStrategy(config), false)
  const hold = `${heldText(market)}, reckoned with ${holdMicros(market, settings) / 1_000} ms`
  return `${hold}; fee ${fee.rateMicro / 10_000} % of p(1-p); tick ${formatPrice(tickSize)}; orders of ${version}`
}

function lagLine(lagMs: number): Line {
  if (lagMs < LAG_WARN_MS) return ok('event loop', `99 % of turns within ${lagMs.toFixed(1)} ms`)
  const detail = `${lagMs.toFixed(1)} ms at the 99th percentile`
  return warning(
    'event loop',
    detail,
    'give the machine less other work: a late loop is a late shot',
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
