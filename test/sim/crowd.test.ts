import { describe, expect, it } from 'vitest'
import { LINGERING_SURVIVAL, MEASURED_SURVIVAL } from '../../src/sim/ask-survival.ts'
import { type CrowdHabits, createCrowd } from '../../src/sim/crowd.ts'
import type { CrowdEvent } from '../../src/sim/crowd-events.ts'
import { createPricePath } from '../../src/sim/price-process.ts'
import { createRandom } from '../../src/sim/random.ts'
import { createTwoSidedBook, type TwoSidedBook } from '../../src/sim/two-sided-book.ts'
import { fairUp, winnerOf } from '../../src/sim/window-truth.ts'

const START = 1_000
const END = 1_100
const SPAN = { startSec: START, endSec: END, rule: 'twap60' as const }
const SHARE = 1_000_000

const FAITHFUL: CrowdHabits = {
  ratePerSec: 8,
  survival: MEASURED_SURVIVAL,
  tickFlipChance: 0.72,
  favouriteAskMin: 0,
  discountMax: 400,
}
const KIND: CrowdHabits = {
  ...FAITHFUL,
  survival: LINGERING_SURVIVAL,
  tickFlipChance: 0.3,
  favouriteAskMin: 25 * SHARE,
  discountMax: 800,
}

function windowOf(seed: number, habits: CrowdHabits) {
  const path = createPricePath({
    seed,
    asset: 'btc',
    fromSec: START - 90,
    keepSec: 9_000,
    pinAt: () => null,
  })
  const crowd = createCrowd({
    name: [seed, 'test'],
    startSec: START,
    endSec: END,
    fromSec: START - 20,
    habits,
    survivalDraw: createRandom(seed, 'survival').next(),
    fairAt: (sec) => fairUp(path, SPAN, sec),
  })
  return { path, crowd }
}

/** Plays a window to four seconds after its end; `look` sees the book at each whole second. */
function play(
  seed: number,
  habits: CrowdHabits,
  look: (secondsLeft: number, book: TwoSidedBook) => void = () => undefined,
): { events: CrowdEvent[]; upWins: boolean } {
  const { path, crowd } = windowOf(seed, habits)
  const book = createTwoSidedBook(crowd.opening)
  const events: CrowdEvent[] = []
  for (let sec = START - 20; sec < END + 4; sec += 1) {
    look(END - sec, book)
    for (const event of crowd.nextSecond()) {
      events.push(event)
      if (event.kind !== 'tick') book.set(event.side, event.price, event.size)
    }
  }
  return { events, upWins: winnerOf(path, SPAN) === 'UP' }
}

describe('a crowd', () => {
  it('does the same again for the same name, and something else for another', () => {
    const first = play(5, FAITHFUL).events
    expect(play(5, FAITHFUL).events).toEqual(first)
    expect(play(6, FAITHFUL).events).not.toEqual(first)
    expect(first.length).toBeGreaterThan(800)
  })

  it('never crosses its book, keeps it deep and on its grid, and in time order', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { crowd } = windowOf(seed, FAITHFUL)
      const book = createTwoSidedBook(crowd.opening)
      expect(book.bids.length + book.asks.length).toBeGreaterThan(60)
      let tick = 100
      let last = 0
      for (let sec = START - 20; sec < END + 4; sec += 1) {
        for (const event of crowd.nextSecond()) {
          expect(event.atMs).toBeGreaterThanOrEqual(last)
          expect(Math.floor(event.atMs / 1000)).toBe(sec)
          last = event.atMs
          if (event.kind === 'tick') {
            tick = event.tick
            continue
          }
          expect(event.price % Math.min(tick, 10)).toBe(0)
          if (tick === 100) expect(event.price % 100).toBe(0)
          book.set(event.side, event.price, event.size)
          expect(book.bestBid()?.price ?? 0).toBeLessThan(book.bestAsk()?.price ?? 10_000)
          expect(book.sizeAt(event.side, event.price)).toBe(event.size)
        }
        expect(Math.max(book.bids.length, book.asks.length)).toBeLessThan(120)
      }
    }
  })

  it('is quiet around whole seconds before the close', () => {
    for (const seed of [1, 2, 3]) {
      const late = play(seed, { ...KIND, ratePerSec: 60 }).events.filter(
        ({ atMs }) => atMs >= (END - 65) * 1000 - 50 && atMs < (END + 2) * 1000,
      )
      expect(late.length).toBeGreaterThan(1_000)
      const loud = late.filter(({ atMs }) => atMs % 1000 >= 950 || atMs % 1000 < 350)
      expect(loud).toEqual([])
    }
  })

  it('leaves a wall of bids for the winner after the close, and nothing else for the loser', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      let walls = 0
      const { upWins } = play(seed, FAITHFUL, (secondsLeft, book) => {
        if (secondsLeft !== -3) return
        walls += 1
        const [wall, gone] = wallOf(book)
        expect(gone).toBe(0)
        expect([9_900, 9_990]).toContain(wall?.price)
        expect(wall?.size).toBeGreaterThan(10_000 * SHARE)
      })
      expect(walls).toBe(1)
      // The winner's side is the one with bids: Up's own bids, or Up's asks, which are Down's bids.
      play(seed, FAITHFUL, (secondsLeft, book) => {
        if (secondsLeft === -3) expect(book.bids.length > 0).toBe(upWins)
      })
    }
  })
})

/** The best bid of the side that has any, as that side's own price, and how many levels the other side has. */
function wallOf(book: TwoSidedBook): [{ price: number; size: number } | undefined, number] {
  const bid = book.bestBid()
  if (bid !== null) return [bid, book.asks.length]
  const ask = book.bestAsk()
  return [
    ask === null ? undefined : { price: 10_000 - ask.price, size: ask.size },
    book.bids.length,
  ]
}

describe("the favourite's ask", () => {
  const WINDOWS = 300

  /** The share of windows whose favourite has an ask with so many seconds left, and what it shows at T-1. */
  function survival(habits: CrowdHabits) {
    const counts = new Map<number, number>()
    const depths: number[] = []
    const prices: number[] = []
    for (let seed = 1; seed <= WINDOWS; seed += 1) {
      const { path, crowd } = windowOf(seed, { ...habits, ratePerSec: 2 })
      const book = createTwoSidedBook(crowd.opening)
      for (let sec = START - 20; sec < END + 4; sec += 1) {
        const left = END - sec
        // Who leads is what the makers knew when they made this book, a second ago.
        const upLeads = fairUp(path, SPAN, sec - 1) >= 0.5
        const asks = upLeads ? book.asks : book.bids
        if (asks.length > 0) counts.set(left, (counts.get(left) ?? 0) + 1)
        if (left === 1 && asks.length > 0) {
          const own = asks.map(({ price, size }) => ({
            price: upLeads ? price : 10_000 - price,
            size,
          }))
          prices.push(own.at(-1)?.price ?? 0)
          depths.push(
            own.filter(({ price }) => price <= 9_900).reduce((sum, { size }) => sum + size, 0),
          )
        }
        for (const event of crowd.nextSecond()) {
          if (event.kind !== 'tick') book.set(event.side, event.price, event.size)
        }
      }
    }
    return { share: (left: number) => (counts.get(left) ?? 0) / WINDOWS, depths, prices }
  }

  it('goes away as it was measured', () => {
    const { share } = survival(FAITHFUL)
    expect(Math.abs(share(40) - 148 / 203)).toBeLessThan(0.08)
    expect(Math.abs(share(25) - 128 / 203)).toBeLessThan(0.08)
    expect(Math.abs(share(10) - 95 / 203)).toBeLessThan(0.08)
    expect(Math.abs(share(1) - 15 / 203)).toBeLessThan(0.05)
    expect(share(-2)).toBe(0)
  })

  it('lingers in about half of the windows where that is asked for, with something to take', () => {
    const { share, depths, prices } = survival(KIND)
    expect(Math.abs(share(1) - 0.55)).toBeLessThan(0.09)
    expect(Math.min(...depths)).toBeGreaterThanOrEqual(20 * SHARE)
    expect(Math.max(...prices)).toBeLessThanOrEqual(9_900)
    expect(share(-2)).toBe(0)
  })
})

describe('the tick', () => {
  it('becomes fine once, late and only where the price is extreme, in about as many windows as measured', () => {
    let flipped = 0
    for (let seed = 1; seed <= 120; seed += 1) {
      const flips = play(seed, { ...FAITHFUL, ratePerSec: 2 }).events.filter(
        ({ kind }) => kind === 'tick',
      )
      expect(flips.length).toBeLessThanOrEqual(1)
      flipped += flips.length
      for (const { atMs } of flips) expect(END * 1000 - atMs).toBeLessThan(121_000)
    }
    expect(flipped / 120).toBeGreaterThan(0.35)
    expect(flipped / 120).toBeLessThan(0.8)
  })

  it('becomes fine at once when forced', () => {
    const { crowd } = windowOf(1, { ...FAITHFUL, tickFlipChance: 0 })
    for (let sec = START - 20; sec < START + 5; sec += 1) crowd.nextSecond()
    crowd.forceFineTick()
    expect(crowd.nextSecond().filter(({ kind }) => kind === 'tick')).toHaveLength(1)
    expect(crowd.nextSecond().filter(({ kind }) => kind === 'tick')).toHaveLength(0)
  })
})
