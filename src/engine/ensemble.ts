/**
 * Several strategies as one. All that are in their span are asked; the one whose edge times confidence is largest speaks, the others stand behind it in
 * order. One that wants nothing never comes before one that does, and of equals the one that was named first.
 */
import type { BoundStrategy, Bounds, Ladder, Verdict, View } from '../domain/strategy.ts'
import { MICROS_PER_SECOND, type Ticks } from '../domain/units.ts'

export function combine(strategies: readonly [BoundStrategy, ...BoundStrategy[]]): BoundStrategy {
  const [first, ...rest] = strategies
  if (rest.length === 0) return first
  return {
    name: strategies.map(({ name }) => name).join('+'),
    listenFromSec: Math.max(...strategies.map(({ listenFromSec }) => listenFromSec)),
    span: {
      fromSec: Math.max(...strategies.map(({ span }) => span.fromSec)),
      toSec: Math.min(...strategies.map(({ span }) => span.toSec)),
      isAuto: false,
      asks: null,
    },
    ladder: strategies.reduce<Ladder | null>((found, { ladder }) => found ?? ladder, null),
    // Each verdict is held to what its own strategy may.
    bothSides: strategies.some(({ bothSides }) => bothSides),
    beyond: [...new Set(strategies.flatMap(({ beyond }) => beyond))],
    bounds: widest(strategies.map(({ bounds }) => bounds)),
    starts: strategies.map(({ span }) => span.fromSec),
    decide(view) {
      const verdicts = strategies
        .filter(({ span }) => isInside(span, view))
        .map((strategy) => said(strategy, view))
      const [best, ...others] = ranked(verdicts)
      if (best === undefined)
        return { intents: [], side: null, why: 'no strategy is in its span', checks: [] }
      return { ...best, others }
    },
  }
}

function said(strategy: BoundStrategy, view: View): Verdict {
  const { name: by, bothSides } = strategy
  return { ...strategy.decide(view), by, bothSides }
}

/** A span begins earlier where an order would otherwise come too late, as it does for a strategy alone. */
function isInside({ fromSec, toSec }: BoundStrategy['span'], view: View): boolean {
  const { leftMicros, latestSafeMicros } = view
  const from = Math.max(fromSec * MICROS_PER_SECOND, latestSafeMicros)
  return leftMicros <= from && leftMicros > toSec * MICROS_PER_SECOND
}

/** Each of them asks only within its own span, and has its own highest price. */
function widest(all: readonly Bounds[]): Bounds {
  const lowest = all.map((one) => one.lowest)
  const highest = all.map((one) => one.highest)
  return {
    fromSec: Math.max(...all.map(({ fromSec }) => fromSec)),
    toSec: Math.min(...all.map(({ toSec }) => toSec)),
    lowest: lowest.includes(null) ? null : (Math.min(...lowest.map(Number)) as Ticks),
    highest: highest.includes(null) ? null : (Math.max(...highest.map(Number)) as Ticks),
  }
}

/** Sorting is stable: equals stay in the order in which they were named. */
function ranked(verdicts: readonly Verdict[]): Verdict[] {
  return [...verdicts].sort((a, b) => Number(wants(b)) - Number(wants(a)) || score(b) - score(a))
}

export function wants({ intents, quotes }: Verdict): boolean {
  return intents.length > 0 || (quotes !== undefined && quotes.length > 0)
}

function score({ edge, confidence }: Verdict): number {
  return (edge ?? 0) * (confidence ?? 1)
}
