/**
 * The usual move of one second of one asset, as a share of its price, from prints as they come. A move over several seconds counts as so many
 * seconds, so that missing prints neither calm nor excite; after a long silence the first print only starts anew.
 *
 * Two views: an average that forgets exponentially, and all of the last minutes alike. The larger one is told, since too little is what costs money.
 */
import { invariant } from '../domain/invariant.ts'

export type Volatility = {
  /** Per square root of a second. */
  readonly sigma: number
  readonly ewma: number
  readonly window: number
  /** The standard deviation of sigma itself, as a share of it. */
  readonly error: number
  readonly samples: number
}

export type VolatilityTracker = {
  /** Prints that are not newer than the last are left out. `price` in dollars. */
  add(sec: number, price: number): void
  /** Null until there are enough moves, or when the last of them is too long ago. */
  at(sec: number): Volatility | null
}

export type VolatilitySettings = {
  readonly halfLifeSec: number
  readonly windowSec: number
  readonly samplesMin: number
  /** A silence longer than this is not one move. */
  readonly gapMaxSec: number
}

const DEFAULTS: VolatilitySettings = {
  halfLifeSec: 60,
  windowSec: 180,
  samplesMin: 10,
  gapMaxSec: 30,
}
const LN_2 = Math.LN2
/** Real moves have fatter tails than the normal's, so that a sample tells less than it would there. */
const TAIL_FACTOR = 3

type Move = { readonly sec: number; readonly seconds: number; readonly square: number }

export function createVolatility(settings: Partial<VolatilitySettings> = {}): VolatilityTracker {
  const { halfLifeSec, windowSec, samplesMin, gapMaxSec } = { ...DEFAULTS, ...settings }
  invariant(halfLifeSec > 0 && windowSec > 0, 'volatility needs a half-life and a window above 0')
  let last: { readonly sec: number; readonly price: number } | null = null
  let moves: Move[] = []
  /** Sums whose quotient is the forgetful variance; both start at nothing, so that the first moves weigh fully. */
  let squares = 0
  let weight = 0
  let samples = 0
  /** Asked for many times in a second, and only a new move or another second changes it. */
  let kept: { readonly sec: number; readonly volatility: Volatility | null } | null = null

  const take = (sec: number, seconds: number, square: number): void => {
    const kept = Math.exp((-LN_2 * seconds) / halfLifeSec)
    squares = squares * kept + square
    weight = weight * kept + seconds
    samples += 1
    moves.push({ sec, seconds, square })
    if ((moves[0] as Move).sec <= sec - 2 * windowSec) {
      moves = moves.filter((move) => move.sec > sec - windowSec)
    }
  }

  const measured = (sec: number): Volatility | null => {
    if (last === null || samples < samplesMin || sec - last.sec > windowSec) return null
    let sum = 0
    let seconds = 0
    for (const move of moves) {
      if (move.sec <= last.sec - windowSec) continue
      sum += move.square
      seconds += move.seconds
    }
    if (weight === 0 || seconds === 0) return null
    const ewma = Math.sqrt(squares / weight)
    const window = Math.sqrt(sum / seconds)
    const effective = Math.min(samples, weight)
    const error = Math.min(1, Math.sqrt(TAIL_FACTOR / (2 * effective)))
    return { sigma: Math.max(ewma, window), ewma, window, error, samples }
  }

  return {
    add(sec, price) {
      if (!(price > 0) || (last !== null && sec <= last.sec)) return
      kept = null
      const before = last
      last = { sec, price }
      if (before === null || sec - before.sec > gapMaxSec) return
      const move = Math.log(price / before.price)
      take(sec, sec - before.sec, move * move)
    },
    at(sec) {
      if (kept === null || kept.sec !== sec) kept = { sec, volatility: measured(sec) }
      return kept.volatility
    },
  }
}
