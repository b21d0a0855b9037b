/**
 * What became of one token's book lately: since when it has been whole, and how far its middle price moved in the last seconds. One slot for each
 * second, so that a change costs the same however much happened.
 */
import type { Book } from '../book/book.ts'
import { MICROS_PER_SECOND, type Micros, type Ticks } from '../domain/units.ts'

/** One more than the longest span that can be asked for. */
const SLOTS = 32

export class BookHistory {
  private wholeSince: Micros | null = null
  private middle: number | null = null
  private readonly seconds = new Float64Array(SLOTS)
  private readonly low = new Float64Array(SLOTS)
  private readonly high = new Float64Array(SLOTS)

  /** After every change of the book. */
  heard(book: Book, at: Micros): void {
    if (book.state !== 'live') {
      this.wholeSince = null
      return
    }
    this.wholeSince ??= at
    const bid = book.bestBid
    const ask = book.bestAsk
    if (bid === null && ask === null) return
    const middle = bid === null ? (ask as number) : ask === null ? bid : (bid + ask) / 2
    if (middle !== this.middle) this.moveTo(middle, Math.floor(at / MICROS_PER_SECOND))
  }

  /** A loss or a doubt: what comes next begins anew, but how far the price moved meanwhile counts. */
  broken(): void {
    this.wholeSince = null
  }

  wholeMicros(now: Micros): number | null {
    return this.wholeSince === null ? null : now - this.wholeSince
  }

  /** From the lowest to the highest middle, in the second that runs and so many before it. */
  moved(now: Micros, seconds: number): Ticks {
    const newest = Math.floor(now / MICROS_PER_SECOND)
    let low = Number.POSITIVE_INFINITY
    let high = 0
    for (let second = newest - seconds; second <= newest; second += 1) {
      const slot = second % SLOTS
      if (this.seconds[slot] !== second) continue
      low = Math.min(low, this.low[slot] as number)
      high = Math.max(high, this.high[slot] as number)
    }
    return Math.max(0, high - low) as Ticks
  }

  private moveTo(middle: number, second: number): void {
    const slot = second % SLOTS
    // A move is from where the price stood, which may be long ago.
    const from = this.middle ?? middle
    const isNew = this.seconds[slot] !== second
    this.seconds[slot] = second
    this.low[slot] = Math.min(middle, isNew ? from : (this.low[slot] as number))
    this.high[slot] = Math.max(middle, isNew ? from : (this.high[slot] as number))
    this.middle = middle
  }
}
