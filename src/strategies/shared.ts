/** Words and parameters that several strategies share. */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import type { Check, TokenView, Verdict, View } from '../domain/strategy.ts'
import type { Likelihood } from '../domain/truth.ts'
import {
  MICRO,
  type MicroShares,
  parsePrice,
  parseShares,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'
import { breakEvenMicro } from '../pricing/fees.ts'

/** A file may write 0.99 as a number; it becomes the text a person typed before it becomes an integer. */
const decimal = z.union([z.string(), z.number()]).transform(String)

export const price = (description: string) =>
  decimal
    .transform((text, context) => {
      const value = parsePrice(text)
      if (value !== null && value > 0 && value < TICKS_PER_DOLLAR) return value
      context.addIssue({
        code: 'custom',
        message: 'must be a price between 0 and 1, for example 0.99',
      })
      return z.NEVER
    })
    .meta({ description, range: 'a price of at most 4 places, 0.0001 to 0.9999' })

export const shares = (description: string) =>
  decimal
    .transform((text, context) => {
      const value = parseShares(text)
      if (value !== null && value > 0 && value % MICRO === 0) return value
      context.addIssue({
        code: 'custom',
        message: 'must be a whole number of shares, for example 5',
      })
      return z.NEVER
    })
    .meta({ description, range: 'a whole number of shares, 1 or more' })

export const listenFromSec = z
  .number()
  .min(5)
  .max(14_400)
  .default(180)
  .describe(
    'seconds before the close at which both listeners are opened; not set, it is discovery.startBufferSec',
  )

export const seconds = (min: number, max: number, initial: number, description: string) =>
  z.number().min(min).max(max).default(initial).describe(description)

export const fraction = (min: number, max: number, initial: number, description: string) =>
  z.number().min(min).max(max).default(initial).describe(description)

/** Of numbers that fit made prices. */
export const DERIVED =
  "synthetic: derived on the embedded venue's prices, 3,000 windows of seeds 1 to 3, checked on 2,000 of seeds 101 and 102 (`study parameters --windows 1000`)"

type Span = { readonly fromSec: number; readonly toSec: number }

/** For the parameters of a strategy that has a span of its own: arguments of `refine`. */
export const spanInOrder: [(span: Span) => boolean, { message: string; path: string[] }] = [
  ({ fromSec, toSec }) => toSec < fromSec,
  { message: 'toSec must be below fromSec', path: ['toSec'] },
]

export const SIDES: readonly Side[] = ['UP', 'DOWN']

export function bookOf(view: View, side: Side): TokenView {
  return side === 'UP' ? view.up : view.down
}

export function otherSide(side: Side): Side {
  return side === 'UP' ? 'DOWN' : 'UP'
}

/** What a share costs with its fee, in dollars. */
export function costOf(view: View, limit: Ticks): number {
  return breakEvenMicro(view.market.fee, limit) / MICRO
}

export function dollarsOf(at: Ticks): number {
  return at / TICKS_PER_DOLLAR
}

/** The middle of a side's book; null where one of its ends is missing. */
export function midOf({ state, bestBid, bestAsk }: TokenView): number | null {
  if (state !== 'live' || bestBid === null || bestAsk === null) return null
  return (bestBid + bestAsk) / 2 / TICKS_PER_DOLLAR
}

export function check(
  name: string,
  ok: boolean,
  margin: number | null,
  unit: string,
  yes: string,
  no: string,
): Check {
  return { name, ok, margin, unit, note: ok ? yes : no }
}

/** No order, for the first check that did not hold, or for the reason given where all did. */
export function nothing(checks: readonly Check[], side: Side | null, otherwise: string): Verdict {
  const refused = checks.find(({ ok }) => !ok)
  return { intents: [], side, why: refused?.note ?? otherwise, checks }
}

/** What is for sale, for no more than the cap, and worth it. */
export function priceChecks(
  limit: Ticks | null,
  maxAsk: number,
  edge: number | null,
  minEdge: number,
): Check[] {
  return [
    check(
      'ASK',
      limit !== null,
      null,
      '',
      'the whole size is for sale',
      'the whole size is not for sale',
    ),
    check(
      'CAP',
      limit !== null && limit <= maxAsk,
      limit === null ? null : maxAsk - limit,
      'ticks',
      'within the cap',
      'above the cap',
    ),
    check(
      'EDGE',
      edge !== null && edge >= minEdge,
      edge === null ? null : edge - minEdge,
      'dollars a share',
      'worth its price',
      'not worth its price',
    ),
  ]
}

/** What would be bought; null where something of it is not known. */
type Offer = {
  readonly side: Side | null
  readonly limit: Ticks | null
  /** That the side wins. */
  readonly chance: number | null
  /** Dollars that a share is worth beyond its cost. */
  readonly edge: number | null
}

type Words = { readonly why: string; readonly confidence: number; readonly otherwise?: string }

/** One purchase to be taken at once, where all of it is known and every check holds; else nothing, and why. */
export function purchase(
  { side, limit, chance, edge }: Offer,
  checks: readonly Check[],
  chosen: { readonly shares: number; readonly maxAsk: number },
  { why, confidence, otherwise = 'nothing to buy' }: Words,
): Verdict {
  const isKnown = side !== null && limit !== null && chance !== null && edge !== null
  if (!isKnown || checks.some(({ ok }) => !ok)) return nothing(checks, side, otherwise)
  const [size, cap] = [chosen.shares as MicroShares, chosen.maxAsk as Ticks]
  const intent = { side, limit, shares: size, win: flat(chance), cap, why }
  return { intents: [intent], side, why, checks, edge, confidence }
}

/** A chance without an interval: a model that does not know how wrong it is. */
function flat(chance: number): Likelihood {
  return { low: chance, mid: chance, high: chance }
}
