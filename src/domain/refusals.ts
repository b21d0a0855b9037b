/** Of the checks that refused, those that say something new: one that cannot hold when another does not is no reason of its own. */
import type { Check } from './strategy.ts'

const BOOKS = ['BOOK_UP', 'BOOK_DOWN']
const NO_ORDER = [...BOOKS, 'RULE', 'STRIKE', 'VOLATILITY', 'WINNER', 'TRUTH', 'AGREES', 'ASK']
const NO_CHANCE = ['RULE', 'STRIKE', 'PRINT_AGE', 'VOLATILITY']
const FOLLOWS_FROM: Readonly<Record<string, readonly string[]>> = {
  BAD_BOOK: BOOKS,
  STRIKE: ['RULE'],
  PRINT_GAPS: NO_CHANCE,
  DIVERGENCE_FEED: ['PRINT_AGE'],
  IMPACT_PRICE: ['PRINT_AGE', 'VOLATILITY'],
  WINNER: BOOKS,
  TRUTH: NO_CHANCE,
  AGREES: ['TRUTH'],
  ASK: [...BOOKS, 'WINNER', 'TRUTH'],
  CAP: [...BOOKS, 'WINNER', 'TRUTH', 'ASK'],
  DEPTH: [...BOOKS, 'WINNER', 'TRUTH', 'ASK', 'CAP'],
  EDGE: [...BOOKS, 'TRUTH', 'ASK', 'DEPTH'],
  DIVERGENCE_BOOK: [...BOOKS, 'WINNER', 'TRUTH', 'ASK'],
  SPREAD: [...BOOKS, 'WINNER', 'TRUTH', 'ASK'],
  LIQUIDITY: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
  PRICE: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
  GRID: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
  SIZE: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
  POSITION: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
  FUNDS: [...NO_ORDER, 'CAP', 'DEPTH', 'EDGE'],
}

/** Which of the checks that refused before it makes this one refuse too. */
export function causeOf(name: string, refused: ReadonlySet<string>): string | undefined {
  return FOLLOWS_FROM[name]?.find((other) => refused.has(other))
}

/** The names, in their order. */
export function ownRefusals(checks: readonly Check[]): string[] {
  const refused = new Set<string>()
  const own: string[] = []
  for (const { name, ok } of checks) {
    if (ok) continue
    if (causeOf(name, refused) === undefined) own.push(name)
    refused.add(name)
  }
  return own
}
