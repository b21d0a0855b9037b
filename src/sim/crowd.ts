/**
 * The makers and takers of one window, second by second. The crowd quotes around what Up is worth, trades with itself,
 * and near the close does what crowds do there: the favourite's sellers leave, afterwards a wall of bids stands.
 *
 * Invariants: what happens in a second depends on the name of the window and the prints so far, never on who looks; the
 * crowd's own book is never crossed; near the close nothing changes around a whole second (see `quietEdges`), so that a
 * decision made on a whole second and judged a little later sees the same book in every run.
 */
import { askGoneAt, type SurvivalCurve } from './ask-survival.ts'
import type { CrowdEvent } from './crowd-events.ts'
import { createCrowdHands } from './crowd-hands.ts'
import { crowdTargets, type Targets } from './crowd-targets.ts'
import { createRandom, type Random } from './random.ts'
import { createTwoSidedBook, type TwoSidedBook } from './two-sided-book.ts'

export const COARSE_TICK = 100
export const FINE_TICK = 10

export type CrowdHabits = {
  /** Changes a second while the window runs. */
  readonly ratePerSec: number
  readonly survival: SurvivalCurve
  readonly tickFlipChance: number
  /** The favourite's last sellers show at least this much, in millionths of a share. */
  readonly favouriteAskMin: number
  /** How far below 0.99 the last sellers may ask, in ten-thousandths. */
  readonly discountMax: number
}

export type CrowdOptions = {
  /** The words that name this window's randomness. */
  readonly name: readonly (string | number)[]
  readonly startSec: number
  readonly endSec: number
  /** The first second of the book. */
  readonly fromSec: number
  readonly habits: CrowdHabits
  /** Uniform in [0, 1): small keeps the favourite's asks to the end. */
  readonly survivalDraw: number
  fairAt(sec: number): number
}

export type Crowd = {
  /** The book before the first second. */
  readonly opening: Pick<TwoSidedBook, 'bids' | 'asks'>
  /** The events of the next second, by time. */
  nextSecond(): CrowdEvent[]
  /** The tick becomes fine in the next second, whatever the price. */
  forceFineTick(): void
}

/** Before a window starts its book hardly moves. */
const IDLE_RATE_PER_SEC = 0.5
const TICK_FLIP_PRICE = 0.96
const TICK_FLIP_FROM_SECONDS_LEFT = 120
const TICK_FLIP_OFFSET_MS = { from: 400, to: 600 }
const WALL_PRICE = 9_900
const WALL_PRICE_FINE = 9_990
/** Of the markets with a fine tick, the share whose wall stands at 0.999. */
const FINE_WALL_CHANCE = 0.27
const SPREAD_CHANGE_CHANCE = 0.15
const NARROW_CHANCE = 0.75
/** Makers do not believe their own model to the last digit. */
const CAUTION = 0.985

export function createCrowd(options: CrowdOptions): Crowd {
  const random = createRandom(...options.name, 'crowd')
  const book = createTwoSidedBook()
  const hands = createCrowdHands({ book, random, favouriteAskMin: options.habits.favouriteAskMin })
  const plan = planOf(options)
  let sec = options.fromSec
  let tick = COARSE_TICK
  let lean = 0
  let spreadTicks = 1
  let flipAtSec: number | null = null

  const targetsNow = (): Targets => {
    const secondsLeft = options.endSec - sec
    lean = lean * 0.9 + random.normal() * 0.002
    if (random.chance(SPREAD_CHANGE_CHANCE)) spreadTicks = random.chance(NARROW_CHANCE) ? 1 : 2
    return crowdTargets({
      up: quoted(options.fairAt(sec), lean, secondsLeft),
      secondsLeft,
      tick,
      spreadTicks,
      // The book after this second is the one that a whole second later sees.
      asksGone: plan.goneAtSecondsLeft >= secondsLeft - 1,
      askCeiling: plan.askCeiling,
      wallPrice: tick === FINE_TICK ? plan.fineWallPrice : WALL_PRICE,
    })
  }

  const flipTick = (targets: Targets): CrowdEvent[] => {
    const secondsLeft = options.endSec - sec
    const dear =
      Math.max(targets.bid ?? 0, 10_000 - (targets.ask ?? 10_000)) >= TICK_FLIP_PRICE * 10_000
    if (flipAtSec === null && plan.flips && dear && secondsLeft <= TICK_FLIP_FROM_SECONDS_LEFT) {
      flipAtSec = sec + plan.flipDelaySec
    }
    if (tick === FINE_TICK || flipAtSec === null || sec < flipAtSec || secondsLeft <= 0) return []
    tick = FINE_TICK
    const atMs = random.between(TICK_FLIP_OFFSET_MS.from, TICK_FLIP_OFFSET_MS.to)
    return [{ kind: 'tick', atMs: sec * 1000 + Math.floor(atMs), tick }]
  }

  hands.open(targetsNow(), tick)
  const opening = { bids: [...book.bids], asks: [...book.asks] }

  return {
    opening,
    nextSecond: () => {
      const running = sec >= options.startSec && sec < options.endSec
      const count = random.poisson(running ? options.habits.ratePerSec : IDLE_RATE_PER_SEC)
      const targets = targetsNow()
      // Levels of this second still stand on the grid that the second began with.
      const grid = tick
      const flip = flipTick(targets)
      const steps = hands.work({ targets, tick: grid, count, secondsLeft: options.endSec - sec })
      const times = spread(random, steps.length, quietEdges(options.endSec - sec), sec)
      const events: CrowdEvent[] = steps.map((step, at) => ({ ...step, atMs: times[at] as number }))
      sec += 1
      return flip.length === 0 ? events : [...events, ...flip].sort((a, b) => a.atMs - b.atMs)
    },
    forceFineTick: () => {
      flipAtSec ??= sec
      plan.flips = true
    },
  }
}

/**
 * The part of a second, in milliseconds, in which the book may change: all of it, but near the close not the 50 ms before
 * and the 350 ms after a whole second.
 */
export function quietEdges(secondsLeft: number): { readonly from: number; readonly to: number } {
  return secondsLeft <= 66 && secondsLeft > -3 ? { from: 350, to: 950 } : { from: 0, to: 1000 }
}

/** What is settled about a window before it begins. */
function planOf(options: CrowdOptions) {
  const random = createRandom(...options.name, 'plan')
  const discount = random.next()
  return {
    goneAtSecondsLeft: askGoneAt(options.habits.survival, options.survivalDraw),
    askCeiling:
      WALL_PRICE - Math.floor((discount * discount * options.habits.discountMax) / 100) * 100,
    flips: random.chance(options.habits.tickFlipChance),
    flipDelaySec: 1 + random.below(15),
    fineWallPrice: random.chance(FINE_WALL_CHANCE) ? WALL_PRICE_FINE : WALL_PRICE,
  }
}

function quoted(fair: number, lean: number, secondsLeft: number): number {
  if (secondsLeft <= 0) return fair
  const cautious = 0.5 + (fair - 0.5) * CAUTION + (fair > 0.02 && fair < 0.98 ? lean : 0)
  return Math.min(Math.max(cautious, 0.001), 0.999)
}

/** Ordered instants, drawn evenly over the part of the second that is allowed. */
function spread(
  random: Random,
  count: number,
  edges: { readonly from: number; readonly to: number },
  sec: number,
): number[] {
  const times = Array.from(
    { length: count },
    () => edges.from + random.below(edges.to - edges.from),
  )
  return times.sort((a, b) => a - b).map((offset) => sec * 1000 + offset)
}
