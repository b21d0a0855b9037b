/**
 * Everything that a live order needs but the order itself: account, window, signatures, connections, and the write, which goes into the null sink.
 * Nothing that is signed here leaves this process.
 */
import { randomInt } from 'node:crypto'
import type { LoadedConfig } from '../config/load.ts'
import type { Market } from '../domain/market.ts'
import type { Rung } from '../domain/order.ts'
import { formatMicro, formatPrice, MICROS_PER_MS, MICROS_PER_SECOND } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { holdMicros } from '../engine/decision.ts'
import { rungsOf } from '../engine/ladder.ts'
import { nowMicros } from '../net/clock.ts'
import { type OrderWire, openOrderWire } from '../net/order-wire.ts'
import { createPosts, type PreparedPost } from '../net/prepared-post.ts'
import { createRoundTrips } from '../net/round-trips.ts'
import type { PolymarketAccount } from '../venues/polymarket/account.ts'
import { createAheadSigner } from '../venues/polymarket/ahead-signer.ts'
import { shotTerms } from '../venues/polymarket/order-terms.ts'
import type { SignedDraft } from '../venues/polymarket/signer.ts'
import { dollars, shares } from './amounts.ts'
import {
  bindStrategy,
  engineSettings,
  type RealVenueParts,
  USER_AGENT,
  venueParts,
} from './bot-setup.ts'
import { checkAccount, refuseWhatFails } from './live-checks.ts'
import type { Purse } from './live-purse.ts'
import { measureJitter, ms, offsetLine, safeSend, sumOf } from './path-checks.ts'
import { isReady, measure, PROBE_PATH, type Probe } from './round-trip-probe.ts'
import { hearTrouble, within } from './venue-answers.ts'
import type { Venue } from './venue-endpoints.ts'

const CLOCK_TIMEOUT_MS = 15_000
/** The clock's first measurement takes some whole seconds; more says little. */
const CLOCK_SETTLES_MS = 4_000
const KEEP_ALIVE_MS = 10_000
const ANSWER_TIMEOUT_MS = 5_000
/** The sink has to start. */
const SINK_STARTS_MS = 400
const REHEARSALS = 200
const REHEARSE_EVERY_MS = 2
const SALT_BELOW = 2 ** 48 - 1

/** One step of a rehearsal, with the time that it took where that means something. */
export type Step = {
  readonly step: string
  readonly detail: string
  readonly micros: number | null
}
export type TellStep = (step: string, detail: string, micros?: number) => void

type Args = {
  readonly loaded: LoadedConfig
  readonly venue: Pick<Venue, 'endpoints' | 'account'>
  readonly purse: Purse
  readonly tell: TellStep
}

type Aimed = { readonly rung: Rung; readonly signed: SignedDraft; readonly post: PreparedPost }

export async function rehearsePath(args: Args): Promise<void> {
  const { loaded, venue, purse, tell } = args
  const { config } = loaded
  const account = await knownAccount(args)
  const trouble = hearTrouble(() => undefined)
  const parts = venueParts(
    config,
    venue.endpoints,
    trouble.log,
  )(
    () => undefined,
    () => parts.clock.venueNow(),
  )
  try {
    const { clob } = venue.endpoints
    const bounded = parts.clock.start()
    await within(bounded, CLOCK_TIMEOUT_MS, `${clob} did not tell its time`, trouble)
    await pause(CLOCK_SETTLES_MS)
    const estimate = parts.clock.estimate() ?? { offsetMicros: 0, errorMicros: 0 }
    refuseWhatFails([offsetLine(estimate, venue.account !== null)])
    tell('clock', `the venue's clock is known to ${ms(estimate.errorMicros)} ms`)
    const market = await nextWindow(parts)
    tell(
      'window',
      `${market.slug}, tick ${formatPrice(market.tickSize)}, orders of ${market.version}`,
    )
    const aimed = await signLadder(args, account, market, parts)
    const probe = await overTheWire(args, aimed, parts)
    await sum(args, market, probe, estimate.errorMicros)
    wouldSend(tell, purse, market, aimed)
  } finally {
    parts.clock.stop()
    await parts.finder.stop()
  }
}

async function knownAccount({ loaded, venue, purse, tell }: Args): Promise<PolymarketAccount> {
  const from = nowMicros()
  const { endpoints } = venue
  const checked = await checkAccount({ purse, endpoints, limits: loaded.config.limits })
  refuseWhatFails(checked.lines)
  if (checked.account === null) throw new UserError('preflight', 'the venue does not know us')
  const { address } = checked.account
  tell('account', `${address} holds ${dollars(checked.balance)} (pUSD)`, nowMicros() - from)
  return checked.account
}

async function nextWindow({ finder, clock }: RealVenueParts): Promise<Market> {
  const { listed } = await finder.pollNow()
  const ahead = listed.filter(
    ({ endAt, mappingDoubt }) => mappingDoubt === null && endAt > clock.venueNow(),
  )
  const [first] = ahead.sort((a, b) => a.endAt - b.endAt)
  if (first !== undefined) return first
  throw new UserError(
    'general',
    'no window of the watched series was found to aim at; see `lastsecond markets` for the reasons',
  )
}

/** As the bot does a minute before the close: each side, each price. */
async function signLadder(
  { loaded, purse, venue, tell }: Args,
  account: PolymarketAccount,
  market: Market,
  { clock }: RealVenueParts,
): Promise<Aimed[]> {
  const { ladder, name } = bindStrategy(loaded.config)
  if (ladder === null)
    throw new UserError(
      'general',
      `the strategy "${name}" makes no orders ready, so there is nothing to sign`,
    )
  const { tickSize } = market
  const rungs = rungsOf(market, { UP: tickSize, DOWN: tickSize }, ladder)
  const signer = createAheadSigner(purse.wallet)
  const { credentials } = account
  try {
    const from = nowMicros()
    const signed = await signer.sign(
      rungs.map((rung) => ({
        ...shotTerms(rung),
        version: market.version,
        salt: randomInt(1, SALT_BELOW),
        timestampMs: Math.floor(clock.venueNow() / MICROS_PER_MS),
        owner: credentials.apiKey,
      })),
    )
    tell('signed', `${signed.length} orders, each side and each price`, nowMicros() - from)
    const { host } = new URL(venue.endpoints.clob)
    const sender = { address: purse.address, ...credentials }
    const prepare = createPosts({ host, path: '/order', signer: sender, userAgent: USER_AGENT })
    return signed.map((one, at) => ({
      rung: rungs[at] as Rung,
      signed: one,
      post: prepare(one.body),
    }))
  } finally {
    await signer.close()
  }
}

async function overTheWire(
  { venue, tell }: Args,
  aimed: readonly Aimed[],
  { clock }: RealVenueParts,
): Promise<Probe> {
  const { clob } = venue.endpoints
  let lost = 'no connection came about'
  const from = nowMicros()
  const wire = openOrderWire({
    url: clob,
    keepAlivePath: PROBE_PATH,
    keepAliveMs: KEEP_ALIVE_MS,
    timeoutMs: ANSWER_TIMEOUT_MS,
    connections: 2,
    now: nowMicros,
    tell(what, detail) {
      if (what === 'lost') lost = detail
    },
    userAgent: USER_AGENT,
  })
  try {
    if (!(await isReady(wire)))
      throw new UserError('preflight', `no connection for orders to ${clob}: ${lost}`)
    tell('connected', `the connections that orders take, to ${clob}`, nowMicros() - from)
    const probe = await measure(wire, clob)
    if (probe.kind === 'failed')
      throw new UserError('preflight', `the way of orders broke: ${probe.reason}`)
    const { p50Micros, p99Micros, samples } = probe
    tell('round trip', `p50 ${ms(p50Micros)} ms, p99 ${ms(p99Micros)} ms of ${samples}`, p99Micros)
    await intoTheSink(wire, aimed, tell, () => Math.floor(clock.venueNow() / MICROS_PER_SECOND))
    return probe
  } finally {
    await wire.close()
  }
}

async function intoTheSink(
  wire: OrderWire,
  aimed: readonly Aimed[],
  tell: TellStep,
  epochSec: () => number,
): Promise<void> {
  await pause(SINK_STARTS_MS)
  const writes = createRoundTrips()
  let written = 0
  for (let count = 0; count < REHEARSALS; count += 1) {
    const { post } = aimed[count % aimed.length] as Aimed
    const from = nowMicros()
    if (wire.rehearse(post.stamp(epochSec()))) {
      writes.add(nowMicros() - from)
      written += 1
    }
    await pause(REHEARSE_EVERY_MS)
  }
  const { p50Micros = 0, p99Micros = 0 } = writes.summary() ?? {}
  tell(
    'rehearsed',
    `${written} of ${REHEARSALS} orders stamped and written into the null sink, p50 ${p50Micros} µs, p99 ${p99Micros} µs`,
    p99Micros,
  )
}

async function sum(
  { loaded, tell }: Args,
  market: Market,
  probe: Probe,
  clockErrorMicros: number,
): Promise<void> {
  const settings = engineSettings(loaded.config, bindStrategy(loaded.config), false)
  const jitterMicros = await measureJitter()
  const deadline = safeSend({
    probe,
    holdMicros: holdMicros(market, settings),
    clockErrorMicros,
    jitterMicros,
  })
  if (deadline === null) return
  const total = deadline.totalMicros
  tell('latest safe send', `${ms(total)} ms before the close = ${sumOf(deadline)}`, total)
}

function wouldSend(tell: TellStep, purse: Purse, market: Market, aimed: readonly Aimed[]): void {
  const dearest = aimed.reduce((one, other) => (other.rung.limit > one.rung.limit ? other : one))
  const { rung, signed, post } = dearest
  const most = `${rung.side} at up to ${formatPrice(rung.limit)}, ${formatMicro(rung.spend)} USD for ${shares(rung.shares)}`
  tell(
    'would send',
    `not sent: one of these, POST /order, fill-or-kill, at the dearest ${most} of ${market.slug}, order ${signed.venueId}, ${post.body.length} bytes, from ${purse.address}`,
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
