/** All that a strategy sees and says. A strategy is a pure function of a view; it cannot tell live from paper from replay. */
import type { ZodType } from 'zod'
import type { SideBy } from './asks.ts'
import type { OrderId, Side } from './ids.ts'
import type { Market } from './market.ts'
import type { OrderAction, OrderKind } from './order.ts'
import type { Likelihood, Truth } from './truth.ts'
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
  /** The asset's price and how it moved, for models; who wins is never decided by these floats. */
  readonly flow: Flow
  /** What is free: money behind orders that rest is not. */
  readonly cash: MicroUsdc
  /** Orders to be taken at once that were already sent in this market, killed ones included. */
  readonly ordersSent: number
  readonly held: Readonly<Record<Side, Holding>>
  /** Own orders that wait at the venue, those on their way there included. */
  readonly resting: readonly Resting[]
  /** With less than this left an order to be taken at once may come too late, with room for the decision. */
  readonly latestSafeMicros: number
}

/** The trades of the asset at the exchange that counts, as floats. */
export type Flow = {
  /** Dollars; null before the first, or when the last is too old. */
  readonly price: number | null
  /** Dollars; null while the strike is not known. */
  readonly strike: number | null
  /** (price - strike) / strike, the price moved by what usually lies between the exchange and the source that settles. */
  readonly distance: number | null
  /** Move of the last 5 and 30 seconds as a fraction of the strike, per second. */
  readonly velocity5: number | null
  readonly velocity30: number | null
  /** Bought less sold over bought and sold in the last 30 seconds, -1 to 1; null where the source does not tell sizes. */
  readonly imbalance: number | null
  /** Trades heard in the last 30 seconds. */
  readonly trades: number
}

/** What the window holds of one side, and what it cost, fees included, less what sales brought. */
export type Holding = { readonly shares: MicroShares; readonly cost: MicroUsdc }

export type Resting = {
  readonly id: OrderId
  readonly strategy: string
  readonly side: Side
  readonly action: OrderAction
  readonly price: Ticks
  readonly left: MicroShares
  readonly ageMicros: number
}

/** An order to be taken at once. */
export type Intent = {
  readonly side: Side
  /** Left out: BUY. */
  readonly action?: OrderAction
  /** Left out: FOK. */
  readonly kind?: Extract<OrderKind, 'FOK' | 'FAK'>
  /** The worst price this order may pay, or the least it may bring. */
  readonly limit: Ticks
  readonly shares: MicroShares
  /** The chance that the side pays, for the sizing. */
  readonly win?: Likelihood
  /** The worst price that a larger size may pay, for the sizing; left out, the limit. */
  readonly cap?: Ticks
  /** One sentence for the person who asks why. */
  readonly why: string
}

/** An order that should wait at the venue. There is at most one of each side and action; what is not wanted any more is withdrawn. */
export type Quote = {
  readonly side: Side
  readonly action: OrderAction
  readonly price: Ticks
  readonly shares: MicroShares
  readonly postOnly: boolean
  /** Seconds after which the venue drops it by itself; null: never. */
  readonly ttlSec: number | null
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
  /** Several are sent together or not at all. */
  readonly intents: readonly Intent[]
  /** What should wait at the venue from now on; left out, nothing. */
  readonly quotes?: readonly Quote[]
  /** Dollars that a share is worth beyond price, fee and slippage, and how sure that is, 0 to 1: between strategies the larger product goes first. */
  readonly edge?: number
  readonly confidence?: number
  /** Of several strategies the one that says this; left out, there is only one. */
  readonly by?: string
  /** ... and whether that one may hold both sides. */
  readonly bothSides?: boolean
  /** What the others say, the next best first: taken where a gate refuses the orders of this one. */
  readonly others?: readonly Verdict[]
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
  /** It may hold both sides of one window; left out, it may not. */
  readonly bothSides?: boolean
  /** What it may want besides one fill-or-kill purchase; left out, nothing. */
  readonly beyond?: readonly Beyond[]
  /** Where the gates of the zone and the price stand unless a person sets them; left out, its span and any price. */
  bounds?(params: Params): Partial<Bounds>
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

export type Beyond = 'orders that wait' | 'sales' | 'pairs'

/** Seconds before the close, and prices; null: no bound. */
export type Bounds = {
  readonly fromSec: number
  readonly toSec: number
  readonly lowest: Ticks | null
  readonly highest: Ticks | null
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
  readonly bothSides: boolean
  /** Where there is something, it goes on after its shot, and is asked each second too. */
  readonly beyond: readonly Beyond[]
  readonly bounds: Bounds
  /** Of several as one: when each of them begins, in seconds before the close; else empty. */
  readonly starts: readonly number[]
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
      const span = { isAuto: false, asks: null, ...definition.span(params) }
      const { fromSec, toSec } = span
      return {
        name: definition.name,
        listenFromSec: definition.listenFromSec(params),
        span,
        ladder: definition.ladder?.(params) ?? null,
        bothSides: definition.bothSides === true,
        beyond: definition.beyond ?? [],
        bounds: { fromSec, toSec, lowest: null, highest: null, ...definition.bounds?.(params) },
        starts: [],
        decide: (view) => definition.decide(view, params),
      }
    },
  }
}
