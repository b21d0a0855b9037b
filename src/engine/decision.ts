/** One evaluation of one window: the strategy's verdict, then every check of the gate. Order of work: see, decide, gate. */
import type { Deadline, Decision, QuotedPrice } from '../domain/facts.ts'
import { orderId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Order } from '../domain/order.ts'
import type { Check, Intent, View } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_MS, type Micros, type MicroUsdc } from '../domain/units.ts'
import { sharesFor, spendFor } from '../pricing/amounts.ts'
import { takerFee } from '../pricing/fees.ts'
import type { BookPast, Closure, Hold, Situation, Wanted } from '../risk/gates/gate.ts'
import { askOrder, askWorld } from '../risk/gates/list.ts'
import { isTooLate } from '../risk/gates/time.ts'
import {
  bookView,
  type LastSecondTrader,
  type TokenTrack,
  tokenView,
} from './last-second-trader.ts'
import type { EngineSettings } from './settings.ts'

export type World = {
  readonly recvAt: Micros
  readonly venueNow: Micros
  readonly clockErrorMicros: number | null
  readonly deadline: Deadline
  readonly cash: MicroUsdc
  readonly hold: Hold | null
  readonly closure: Closure | null
  readonly prices: readonly QuotedPrice[]
  readonly truth: Truth
}

export type Evaluation = {
  readonly decision: Decision
  readonly order: Order | null
  /** Nothing can make it a shot any more. */
  readonly late: boolean
}

export function evaluate(
  trader: LastSecondTrader,
  world: World,
  settings: EngineSettings,
): Evaluation {
  const { market } = trader
  const view: View = {
    market,
    now: world.venueNow,
    leftMicros: market.endAt - world.venueNow,
    up: tokenView(trader.up, world.recvAt),
    down: tokenView(trader.down, world.recvAt),
    truth: world.truth,
    cash: world.cash,
    ordersSent: trader.ordersSent,
  }
  const situation = situationOf(trader, view, world, settings)
  const verdict = settings.strategy.decide(view)
  const intent = verdict.intents[0] ?? null
  const spend = intent === null ? null : spendFor(intent.limit, intent.shares)
  const order =
    intent === null || spend === null
      ? null
      : { intent, spend, fee: takerFee(market.fee, intent.limit, intent.shares) }
  const checks: Check[] = []
  askWorld(situation, checks)
  for (const check of verdict.checks) checks.push(check)
  const { refused, refusedBy } = answerOf(situation, { side: verdict.side, order }, checks)
  const decision: Decision = {
    conditionId: market.conditionId,
    slug: market.slug,
    strategy: settings.strategy.name,
    at: world.venueNow,
    leftMicros: view.leftMicros,
    up: bookView(trader.up, world.recvAt),
    down: bookView(trader.down, world.recvAt),
    prices: world.prices,
    deadline: world.deadline,
    fireAt: trader.fireAt,
    truth: world.truth,
    side: verdict.side,
    limit: intent?.limit ?? null,
    spend,
    wanted: verdict.wanted ?? null,
    why: refused?.note ?? verdict.why,
    checks,
    refusedBy,
  }
  return {
    decision,
    order: refusedBy === null ? orderOf(trader, intent, spend, world, settings) : null,
    late: isTooLate(situation),
  }
}

/** Without an order the gates of the order have nothing to judge: then their refusals are kept, but the reason is the strategy's. */
function answerOf(
  situation: Situation,
  wanted: Wanted,
  checks: Check[],
): { readonly refused: Check | undefined; readonly refusedBy: string | null } {
  const before = checks.find((check) => !check.ok)
  askOrder(situation, wanted, checks)
  if (before !== undefined) return { refused: before, refusedBy: before.name }
  if (wanted.order === null) return { refused: undefined, refusedBy: 'STRATEGY' }
  const refused = checks.find((check) => !check.ok)
  return { refused, refusedBy: refused?.name ?? null }
}

function situationOf(
  trader: LastSecondTrader,
  view: View,
  world: World,
  { gates, limits }: EngineSettings,
): Situation {
  return {
    market: trader.market,
    recvAt: world.recvAt,
    venueNow: world.venueNow,
    leftMicros: view.leftMicros,
    up: view.up,
    down: view.down,
    upPast: pastOf(trader.up, world.recvAt, gates.impactSec),
    downPast: pastOf(trader.down, world.recvAt, gates.impactSec),
    truth: world.truth,
    crossed: trader.up.book.crossed || trader.down.book.crossed,
    clockErrorMicros: world.clockErrorMicros,
    deadline: world.deadline,
    cash: world.cash,
    ordersSent: trader.ordersSent,
    hold: world.hold,
    closure: world.closure,
    joinedLeftMicros: trader.joinedLeftMicros,
    termsChanged: trader.termsChanged,
    limits,
    gates,
  }
}

function pastOf({ history }: TokenTrack, now: Micros, seconds: number): BookPast {
  return { wholeMicros: history.wholeMicros(now), moved: history.moved(now, seconds) }
}

/** A market that does not say whether it holds takers is taken to hold them: the slower assumption is the safe one. */
export function holdMicros(market: Market, settings: Pick<EngineSettings, 'holdMs'>): number {
  return market.takerHold === false ? 0 : settings.holdMs * MICROS_PER_MS
}

function orderOf(
  trader: LastSecondTrader,
  intent: Intent | null,
  spend: MicroUsdc | null,
  world: World,
  settings: EngineSettings,
): Order | null {
  if (intent === null || spend === null) return null
  return {
    id: orderId(`${trader.market.slug}/${trader.ordersSent + 1}`),
    conditionId: trader.market.conditionId,
    strategy: settings.strategy.name,
    side: intent.side,
    token: intent.side === 'UP' ? trader.market.up : trader.market.down,
    limit: intent.limit,
    spend,
    shares: sharesFor(spend, intent.limit) ?? intent.shares,
    decidedAt: world.recvAt,
  }
}

/** Two evaluations say the same when the answer, the side and the price are the same. */
export function sameAnswer(a: Decision | null, b: Decision): boolean {
  return a !== null && a.refusedBy === b.refusedBy && a.side === b.side && a.limit === b.limit
}
