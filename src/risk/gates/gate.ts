/** What a gate is and what it may look at: plain data of one moment of one window. */
import type { HaltCause } from '../../domain/account.ts'
import type { Deadline } from '../../domain/facts.ts'
import type { Side } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { OrderAction } from '../../domain/order.ts'
import type { Check, TokenView } from '../../domain/strategy.ts'
import type { Truth } from '../../domain/truth.ts'
import type { MicroShares, Micros, MicroUsdc, Ticks } from '../../domain/units.ts'
import type { Stakes } from '../account.ts'
import type { Limits } from '../limits.ts'
import type { GateSettings } from './settings.ts'

export type Hold = 'paused' | 'stopping' | 'halted' | HaltCause

/** The venue said that it takes no orders for a while. */
export type Closure = { readonly until: Micros; readonly reason: string }

/** What became of a token's book lately. */
export type BookPast = {
  /** How long it has been whole, without a loss, a doubt or a new grid; null while it is not. */
  readonly wholeMicros: number | null
  /** From the lowest to the highest middle price of the last seconds (`gates.impactSec`). */
  readonly moved: Ticks
}

export type Situation = {
  readonly market: Market
  /** By our own clock. */
  readonly recvAt: Micros
  readonly venueNow: Micros
  readonly leftMicros: number
  readonly up: TokenView
  readonly down: TokenView
  readonly upPast: BookPast
  readonly downPast: BookPast
  readonly crossed: boolean
  readonly truth: Truth
  /** Null before the venue's clock is bounded. */
  readonly clockErrorMicros: number | null
  readonly deadline: Deadline
  readonly cash: MicroUsdc
  readonly ordersSent: number
  /** All that is wanted gives back what is held, or makes a pair of it. */
  readonly isExit?: boolean
  /** Dollars that the window's orders cost already, or may still cost. */
  readonly committed?: number
  /** What is out already, seen from this window. */
  readonly stakes: Stakes
  /** How long before the close the window's listeners were opened; null when they never were. */
  readonly joinedLeftMicros: number | null
  /** The venue listed the window again, on other terms than those it was found with. */
  readonly termsChanged: boolean
  /** What a person wants of the bot, where that is no shots; or why it halted itself. */
  readonly hold: Hold | null
  /** The latest that the venue said, also when it is over. */
  readonly closure: Closure | null
  readonly limits: Limits
  readonly gates: GateSettings
}

/** What the strategy wants: the side it believes in, and the order, where it wants one. */
export type Wanted = {
  readonly side: Side | null
  readonly order: {
    readonly intent: {
      readonly side: Side
      /** Left out: BUY. */
      readonly action?: OrderAction
      readonly limit: Ticks
      readonly shares: MicroShares
    }
    /** It waits for somebody to take it. */
    readonly rests?: boolean
    readonly spend: MicroUsdc
    readonly fee: MicroUsdc
  } | null
}

type Described = {
  readonly name: string
  /** What it asks, for people. */
  readonly asks: string
  /** The settings it compares with; with all of a gate's `off`, it is recorded as such and passes. */
  readonly settings: readonly string[]
  /** Why it cannot be switched off; null where it can. */
  readonly always: string | null
}

/** Asks about the world, whatever the strategy wants. */
export type WorldGate = Described & { judge(now: Situation): Check }

/** Asks about the side or the order that the strategy wants. */
export type OrderGate = Described & { judge(now: Situation, wanted: Wanted): Check }
