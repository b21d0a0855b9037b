/** All that a strategy sees and says. A strategy is a pure function of a view; it cannot tell live from paper from replay. */
import type { ZodType } from 'zod'
import type { SideBy } from './asks.ts'
import type { Side } from './ids.ts'
import type { Market } from './market.ts'
import type { Truth } from './truth.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from './units.ts'

/** One token's book as a strategy may see it. */
export interface TokenView {
  readonly state: 'absent' | 'live' | 'drifted'
  readonly bestBid: Ticks | null
  readonly bestAsk: Ticks | null
  readonly bidSize: MicroShares
  readonly askSize: MicroShares
  readonly tickSize: Ticks
  /** Microseconds since the last frame for this token; null before the first. */
  readonly ageMicros: number | null
  /** The worst price that has to be paid to get `shares`, or null when the book does not hold that many. */
  priceToTake(shares: MicroShares): Ticks | null
  /** What is for sale at the price or less. */
  sharesUpTo(price: Ticks): MicroShares
}

export type View = {
  readonly market: Market
  /** Now, by the venue's clock. */
  readonly now: Micros
  readonly leftMicros: number
  readonly up: TokenView
  readonly down: TokenView
  /** Who wins by the rule that settles the window. */
  readonly truth: Truth
  readonly cash: MicroUsdc
  /** Orders already sent in this market, killed ones included. */
  readonly ordersSent: number
}

export type Intent = {
  readonly side: Side
  /** The worst price this order may pay. */
  readonly limit: Ticks
  readonly shares: MicroShares
  /** One sentence for the person who asks why. */
  readonly why: string
}

/** A named condition with the room there was: a positive margin passes, a negative one refuses. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly margin: number | null
  readonly unit: string
  readonly note: string
}

/** What a shot would buy, whether or not it is taken. */
export type Wanted = {
  readonly side: Side
  readonly shares: MicroShares
  /** The worst price for so many; null where so much is not for sale, or the book is not to be trusted. */
  readonly ask: Ticks | null
}

export type Verdict = {
  readonly intents: readonly Intent[]
  /** The side it believes in, also where it does not shoot; null when it cannot tell. */
  readonly side: Side | null
  /** What a shot at that side would have bought; left out by a strategy that cannot say. */
  readonly wanted?: Wanted | null
  /** Why there is no intent, or why there is; names the missing thing. */
  readonly why: string
  readonly checks: readonly Check[]
}

export type StrategyDefinition<Params> = {
  readonly name: string
  readonly summary: string
  /** Validates the parameters and holds their defaults and ranges. */
  readonly params: ZodType<Params>
  /** Seconds before the close at which both listeners must be up; clipped to the window. */
  listenFromSec(params: Params): number
  /** What is not said: no second is chosen. */
  span(params: Params): Pick<Span, 'fromSec' | 'toSec'> & Partial<Span>
  /** The orders that it may want, so that they can be made ready ahead; left out where that cannot be said. */
  ladder?(params: Params): Ladder
  decide(view: View, params: Params): Verdict
}

/** Seconds before the close in which `decide` runs: from the first to the second. */
export type Span = {
  /** Where it is chosen for each window: what holds until it was. */
  readonly fromSec: number
  readonly toSec: number
  /** The first second is chosen, for each window, from what was learned of those before. */
  readonly isAuto: boolean
  /** Null where that cannot be said. */
  readonly asks: WantedAsks | null
}

/** What is bought where it is for sale: so many shares of the side named like this, at the cap or below. */
export type WantedAsks = {
  readonly shares: MicroShares
  readonly cap: Ticks
  readonly sideBy: SideBy
}

/** From which second a window is shot at, and why. */
export type FireAt = { readonly sec: number; readonly isChosen: boolean; readonly why: string }

/** Whichever side, one size, at any price up to the highest. */
export type Ladder = { readonly shares: MicroShares; readonly highest: Ticks }

/** A strategy with its parameters in place: what the engine runs. */
export type BoundStrategy = {
  readonly name: string
  readonly listenFromSec: number
  readonly span: Span
  readonly ladder: Ladder | null
  decide(view: View): Verdict
}

/** A strategy whose parameter type has been closed over, so that strategies of all kinds fit one list. */
export type AnyStrategy = {
  readonly name: string
  readonly summary: string
  readonly params: ZodType
  /** Throws the schema's error when the parameters do not fit. */
  bind(raw: unknown): BoundStrategy
}

export function defineStrategy<Params>(definition: StrategyDefinition<Params>): AnyStrategy {
  return {
    name: definition.name,
    summary: definition.summary,
    params: definition.params,
    bind(raw) {
      const params = definition.params.parse(raw)
      return {
        name: definition.name,
        listenFromSec: definition.listenFromSec(params),
        span: { isAuto: false, asks: null, ...definition.span(params) },
        ladder: definition.ladder?.(params) ?? null,
        decide: (view) => definition.decide(view, params),
      }
    },
  }
}
