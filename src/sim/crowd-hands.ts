/**
 * The crowd's hands: they bring a book to its targets (cancelling or hitting what is stale, then quoting anew) and keep it
 * busy with resized levels and small trades. Every step is applied to the crowd's own book as it is made.
 */
import type { BookSide } from '../domain/ids.ts'
import { MICRO, TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { CrowdEvent } from './crowd-events.ts'
import type { Targets } from './crowd-targets.ts'
import type { Random } from './random.ts'
import type { Level, TwoSidedBook } from './two-sided-book.ts'

type Untimed<Event> = Event extends CrowdEvent ? Omit<Event, 'atMs'> : never
export type CrowdStep = Untimed<Exclude<CrowdEvent, { kind: 'tick' }>>

export type CrowdWork = {
  readonly targets: Targets
  readonly tick: number
  /** How many changes this second has, at least; repricing may need more. */
  readonly count: number
  readonly secondsLeft: number
}

export type CrowdHands = {
  open(targets: Targets, tick: number): void
  work(work: CrowdWork): CrowdStep[]
}

const CENT_OF_SHARE = 10_000
const SIZE_MEDIAN_SHARES = 7
const SIZE_SPREAD = 1.5
const SIZE_MAX_SHARES = 5_000
/** The outermost levels collect what nobody expects to trade. */
const OUTER_SIZE_SHARES = { from: 4_000, to: 12_000 }
const WALL_SIZE_SHARES = { from: 40_000, to: 900_000 }
const TOP_SHARE = 0.64
const MATCH_CHANCE = 0.03
/** A stale top is as often taken as cancelled. */
const STALE_TAKEN_CHANCE = 0.4
const NEAR_TOP_LEVELS = 12
/** Fine ticks are quoted near the top only; deeper levels stay on whole cents. */
const FINE_LEVELS_MAX = 10
const LEVELS_MAX = 90
const CENT = 100
const FILLED_CHANCE = 0.92
const LATE_SECONDS = 66
const PRINT_AFTER_MS = { from: 19, to: 25 }

type Crew = {
  readonly book: TwoSidedBook
  readonly random: Random
  readonly favouriteAskMin: number
}

export function createCrowdHands(crew: Crew): CrowdHands {
  return {
    open: (targets, tick) => {
      const work = { targets, tick, count: 0, secondsLeft: Number.POSITIVE_INFINITY }
      quote(crew, 'BID', work)
      quote(crew, 'ASK', work)
    },
    work: (work) => {
      const steps = [
        ...clear(crew, 'BID', work.targets.bid),
        ...clear(crew, 'ASK', work.targets.ask),
        ...quote(crew, 'BID', work),
        ...quote(crew, 'ASK', work),
        ...thin(crew, 'BID'),
        ...thin(crew, 'ASK'),
      ]
      while (steps.length < work.count) {
        const step = resize(crew, work)
        if (step === null) break
        steps.push(step)
      }
      return steps
    },
  }
}

/** Cancels or takes what is better than the target, best first. */
function clear(crew: Crew, side: BookSide, target: number | null): CrowdStep[] {
  const steps: CrowdStep[] = []
  for (
    let top = topOf(crew.book, side);
    top !== null && better(side, top.price, target);
    top = topOf(crew.book, side)
  ) {
    const taken = target !== null && crew.random.chance(STALE_TAKEN_CHANCE)
    steps.push(taken ? match(crew, side, top, top.size) : level(crew, side, top.price, 0))
  }
  return steps
}

/** Quotes from the present top up to the target; an empty side is filled to the bottom. */
function quote(crew: Crew, side: BookSide, work: CrowdWork): CrowdStep[] {
  const target = side === 'BID' ? work.targets.bid : work.targets.ask
  if (target === null) return []
  const steps: CrowdStep[] = []
  const top = topOf(crew.book, side)
  for (const price of ladder(side, target, top?.price ?? null, work.tick)) {
    const edge = price === CENT || price === TICKS_PER_DOLLAR - CENT
    if (price !== target && !edge && !crew.random.chance(FILLED_CHANCE)) continue
    const size = edge ? outermost(crew.random) : ordinary(crew.random)
    steps.push(level(crew, side, price, price === target ? topSize(crew, side, work, size) : size))
  }
  const now = topOf(crew.book, side)
  if (now !== null && now.price === target && now.size < leastTop(crew, side, work)) {
    steps.push(level(crew, side, target, topSize(crew, side, work, now.size)))
  }
  return steps
}

/** A fine tick leaves levels behind wherever the price was; the worst of them are cancelled. */
function thin(crew: Crew, side: BookSide): CrowdStep[] {
  const levels = side === 'BID' ? crew.book.bids : crew.book.asks
  const excess = levels.length - LEVELS_MAX
  if (excess <= 0) return []
  const behind = levels.slice(0, -FINE_LEVELS_MAX)
  const worst = behind.filter(({ price }) => price % CENT !== 0).slice(0, excess)
  return worst.map(({ price }) => level(crew, side, price, 0))
}

/** One of the many small changes that move no price: a level's new size, or a small trade at the top. */
function resize(crew: Crew, work: CrowdWork): CrowdStep | null {
  const { book, random } = crew
  const side = pickSide(book, random)
  if (side === null) return null
  const levels = side === 'BID' ? book.bids : book.asks
  const near = Math.min(levels.length, NEAR_TOP_LEVELS)
  const depth = random.chance(TOP_SHARE) ? 0 : random.below(near)
  const at = levels[levels.length - 1 - depth] as Level
  const size = ordinary(random)
  if (random.chance(MATCH_CHANCE)) {
    const top = levels.at(-1) as Level
    const matched = Math.min(size, top.size - Math.max(CENT_OF_SHARE, leastTop(crew, side, work)))
    if (matched > 0) return match(crew, side, top, matched)
  }
  return level(crew, side, at.price, depth === 0 ? topSize(crew, side, work, size) : size)
}

function level(crew: Crew, side: BookSide, price: number, size: number): CrowdStep {
  crew.book.set(side, price, size)
  return { kind: 'level', side, price, size, onDown: crew.random.chance(0.5) }
}

function match(crew: Crew, side: BookSide, top: Level, matched: number): CrowdStep {
  const size = top.size - matched
  crew.book.set(side, top.price, size)
  const late = PRINT_AFTER_MS.from + crew.random.below(PRINT_AFTER_MS.to - PRINT_AFTER_MS.from)
  return {
    kind: 'match',
    side,
    price: top.price,
    size,
    matched,
    onDown: crew.random.chance(0.5),
    takerOnDown: crew.random.chance(0.5),
    printAfterMs: late,
  }
}

/** What the top of a side has to show: near the close the favourite's sellers show something worth taking. */
function leastTop(crew: Crew, side: BookSide, work: CrowdWork): number {
  const { upLeads, wall } = work.targets
  const favouriteSells = upLeads ? 'ASK' : 'BID'
  if (wall && side !== favouriteSells) return WALL_SIZE_SHARES.from * MICRO
  return work.secondsLeft <= LATE_SECONDS && side === favouriteSells ? crew.favouriteAskMin : 0
}

function topSize(crew: Crew, side: BookSide, work: CrowdWork, size: number): number {
  const least = leastTop(crew, side, work)
  if (least === 0) return size
  if (work.targets.wall) return wall(crew.random)
  // Above the least, so that small trades have something to take.
  return least + size
}

function topOf(book: TwoSidedBook, side: BookSide): Level | null {
  return side === 'BID' ? book.bestBid() : book.bestAsk()
}

function better(side: BookSide, price: number, target: number | null): boolean {
  if (target === null) return true
  return side === 'BID' ? price > target : price < target
}

/** The prices to quote, worst first: from behind the target to the target itself, or to the edge when the side is empty. */
function ladder(side: BookSide, target: number, top: number | null, tick: number): number[] {
  const sign = side === 'BID' ? -1 : 1
  const prices: number[] = []
  const edge = side === 'BID' ? CENT : TICKS_PER_DOLLAR - CENT
  let price = target
  while (price > 0 && price < TICKS_PER_DOLLAR) {
    if (top !== null && !better(side, price, top)) break
    prices.push(price)
    if (price === edge && top === null) break
    const step = prices.length < FINE_LEVELS_MAX ? tick : CENT
    const next = price + sign * step
    // Past the fine levels, stay on whole cents.
    price =
      step === CENT && next % CENT !== 0
        ? (side === 'BID' ? Math.floor(next / CENT) : Math.ceil(next / CENT)) * CENT
        : next
  }
  return prices.reverse()
}

function pickSide(book: TwoSidedBook, random: Random): BookSide | null {
  const first: BookSide = random.chance(0.5) ? 'BID' : 'ASK'
  const second: BookSide = first === 'BID' ? 'ASK' : 'BID'
  const empty = (side: BookSide) => (side === 'BID' ? book.bids : book.asks).length === 0
  if (!empty(first)) return first
  return empty(second) ? null : second
}

function ordinary(random: Random): number {
  return cents(Math.min(random.logNormal(SIZE_MEDIAN_SHARES, SIZE_SPREAD), SIZE_MAX_SHARES))
}

function wall(random: Random): number {
  return cents(random.between(WALL_SIZE_SHARES.from, WALL_SIZE_SHARES.to))
}

function outermost(random: Random): number {
  return cents(random.between(OUTER_SIZE_SHARES.from, OUTER_SIZE_SHARES.to))
}

/** Whole hundredths of a share, never none. */
function cents(shares: number): number {
  return Math.max(1, Math.round(shares * 100)) * CENT_OF_SHARE
}
