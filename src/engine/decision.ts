/** One evaluation of one window: the strategy's verdict, then every check of the gates. Order of work: see, decide, gate. */
import type { Deadline, Decision, QuotedPrice } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import type { Order } from '../domain/order.ts'
import type { Check, Flow, Quote, Verdict, View } from '../domain/strategy.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_MS, type MicroShares, type Micros, type MicroUsdc } from '../domain/units.ts'
import type { Stakes } from '../risk/account.ts'
import type { BookPast, Closure, Hold, Situation } from '../risk/gates/gate.ts'
import { askWorld } from '../risk/gates/list.ts'
import { isTooLate } from '../risk/gates/time.ts'
import { answerOf } from './answer.ts'
import { wants } from './ensemble.ts'
import {
  bookView,
  type LastSecondTrader,
  type TokenTrack,
  tokenView,
} from './last-second-trader.ts'
import { holdings, reservedIn, restingIn, spentIn } from './own-orders.ts'
import type { EngineSettings } from './settings.ts'
import { isExit, orderOf, wishesOf } from './wishes.ts'

export type World = {
  readonly recvAt: Micros
  readonly venueNow: Micros
  readonly clockErrorMicros: number | null
  readonly deadline: Deadline
  readonly latestSafeMicros: number
  /** No order of ours that waits could take it. */
  readonly cash: MicroUsdc
  readonly hold: Hold | null
  /** What a strategy has out already. */
  stakes(strategy: string): Stakes
  /** The most that one purchase may be for, while the bot is on trial. */
  readonly stakeCap: MicroShares | null
  readonly closure: Closure | null
  readonly prices: readonly QuotedPrice[]
  readonly truth: Truth
  /** Reckoned when somebody asks for it. */
  flow(): Flow
}

export type Evaluation = {
  readonly decision: Decision
  /** To be taken at once; all of them or none. */
  readonly orders: readonly Order[]
  readonly isExit: boolean
  /** What should wait at the venue now. */
  readonly quotes: readonly Quote[]
  /** Nothing can make it a shot any more. */
  readonly late: boolean
}

/** Of several strategies the first whose orders every gate lets through; where none are, the first one says why. */
export function evaluate(
  trader: LastSecondTrader,
  world: World,
  settings: EngineSettings,
): Evaluation {
  const view = new Seen(trader, world)
  const verdict = settings.strategy.decide(view)
  const first = judge(verdict, trader, view, world, settings)
  if (first.decision.refusedBy === null) return first
  for (const other of verdict.others ?? []) {
    if (!wants(other)) break
    const next = judge(other, trader, view, world, settings)
    if (next.decision.refusedBy === null) return next
  }
  return first
}

/** A class, because an object with a getter of its own is made anew by the slow way, and this is made at every decision. */
class Seen implements View {
  readonly market: Market
  readonly now: Micros
  readonly leftMicros: number
  readonly up: View['up']
  readonly down: View['down']
  readonly truth: Truth
  readonly cash: MicroUsdc
  readonly ordersSent: number
  readonly held: View['held']
  readonly resting: View['resting']
  readonly latestSafeMicros: number
  private readonly world: World

  constructor(trader: LastSecondTrader, world: World) {
    const { market } = trader
    const { recvAt, venueNow } = world
    this.market = market
    this.now = venueNow
    this.leftMicros = market.endAt - venueNow
    this.up = tokenView(trader.up, recvAt)
    this.down = tokenView(trader.down, recvAt)
    this.truth = world.truth
    this.cash = world.cash
    this.ordersSent = trader.ordersSent
    this.held = holdings(trader)
    this.resting = restingIn(trader, recvAt)
    this.latestSafeMicros = world.latestSafeMicros
    this.world = world
  }

  get flow(): Flow {
    return this.world.flow()
  }
}

function judge(
  verdict: Verdict,
  trader: LastSecondTrader,
  view: View,
  world: World,
  settings: EngineSettings,
): Evaluation {
  const { market } = trader
  const wishes = wishesOf(verdict, trader, view, settings, world.stakeCap)
  const exits = isExit(wishes, view)
  const strategy = verdict.by ?? settings.strategy.name
  const situation = situationOf(trader, view, world, settings, { exits, strategy })
  const checks: Check[] = []
  askWorld(situation, checks)
  for (const check of verdict.checks) checks.push(check)
  for (const check of wishes.checks) checks.push(check)
  const { refused, refusedBy, quotes } = answerOf(situation, verdict, wishes, trader.orders, checks)
  const intent = wishes.shots[0]?.intent ?? verdict.intents[0]
  const decision: Decision = {
    conditionId: market.conditionId,
    slug: market.slug,
    strategy,
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
    spend: wishes.shots[0]?.spend ?? null,
    wanted: verdict.wanted ?? null,
    why: refused?.note ?? verdict.why,
    checks,
    refusedBy,
  }
  return {
    decision,
    orders:
      refusedBy === null
        ? wishes.shots.map((wish, at) => orderOf(wish, trader, trader.serial + at, strategy, world))
        : [],
    isExit: exits,
    quotes: refusedBy === null ? quotes : [],
    late: isTooLate(situation),
  }
}

function situationOf(
  trader: LastSecondTrader,
  view: View,
  world: World,
  { gates, limits }: EngineSettings,
  { exits, strategy }: { readonly exits: boolean; readonly strategy: string },
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
    isExit: exits,
    committed: Math.max(0, spentIn(trader) + reservedIn([trader])),
    stakes: world.stakes(strategy),
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

/** Two evaluations say the same when the answer, the side and the price are the same. */
export function sameAnswer(a: Decision | null, b: Decision): boolean {
  return a !== null && a.refusedBy === b.refusedBy && a.side === b.side && a.limit === b.limit
}
