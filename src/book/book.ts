/**
 * The L2 book of one token: sizes indexed by price, best prices kept as they move. No allocation on a delta.
 *
 * Invariant: while `state` is live, `bestBid` and `bestAsk` are the extreme prices with size, and every price with size is
 * a multiple of `stride`. A book that was never filled, or that disagreed with the venue, is not live and is not traded on.
 */
import type { BookSide } from '../domain/ids.ts'
import {
  formatMicro,
  formatPrice,
  type MicroShares,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'

/** Prices that no order can have double as "this side is empty", as the venue itself says it. */
const NO_BID = 0
const NO_ASK = TICKS_PER_DOLLAR

export type BookState = 'absent' | 'live' | 'drifted'

/** What the venue hashes beside the levels. `lastTradePrice` is the three-decimal text, or empty before the first trade. */
export type CanonicalMeta = {
  readonly market: string
  readonly assetId: string
  readonly timestamp: string
  readonly minOrderSize: string
  readonly negRisk: boolean
  readonly lastTradePrice: string
}

export class Book {
  state: BookState = 'absent'
  tickSize: number
  /** Counts tick-size changes: a price made in one epoch may be off the grid of the next. */
  epoch = 0
  private readonly bids = new Float64Array(TICKS_PER_DOLLAR + 1)
  private readonly asks = new Float64Array(TICKS_PER_DOLLAR + 1)
  private stride: number
  private topBid = NO_BID
  private topAsk = NO_ASK
  private lowestBid = NO_ASK
  private highestAsk = NO_BID

  constructor(tickSize: number) {
    this.tickSize = tickSize
    this.stride = tickSize
  }

  get bestBid(): Ticks | null {
    return this.topBid === NO_BID ? null : (this.topBid as Ticks)
  }

  get bestAsk(): Ticks | null {
    return this.topAsk === NO_ASK ? null : (this.topAsk as Ticks)
  }

  get bidSize(): MicroShares {
    return this.bids[this.topBid] as MicroShares
  }

  get askSize(): MicroShares {
    return this.asks[this.topAsk] as MicroShares
  }

  /** A buyer above a seller: the venue heals this within a few messages, or a message was lost. */
  get crossed(): boolean {
    return this.topBid >= this.topAsk
  }

  sizeAt(side: BookSide, price: Ticks): MicroShares {
    return (side === 'BID' ? this.bids[price] : this.asks[price]) as MicroShares
  }

  /** Replaces everything. Levels are flat (price, size, ...) in any order; returns false when a price is impossible. */
  applySnapshot(bids: readonly number[], asks: readonly number[], tickSize: Ticks | null): boolean {
    this.clear()
    if (tickSize !== null) this.setTickSize(tickSize)
    this.stride = this.tickSize
    this.state = 'live'
    // A price that came out of an array of doubles is made a whole number again: its remainder costs a tenth then.
    for (let at = 0; at + 1 < bids.length; at += 2) {
      const price = bids[at] as number
      const whole = price | 0
      if (whole !== price || !this.setBid(whole, bids[at + 1] as number)) return this.doubt()
    }
    for (let at = 0; at + 1 < asks.length; at += 2) {
      const price = asks[at] as number
      const whole = price | 0
      if (whole !== price || !this.setAsk(whole, asks[at + 1] as number)) return this.doubt()
    }
    return true
  }

  /** Sets one level to its new absolute size. Does nothing on a book that is not live: it waits for a snapshot. */
  applyDelta(side: BookSide, price: number, size: number): boolean {
    if (this.state !== 'live') return false
    return (side === 'BID' ? this.setBid(price, size) : this.setAsk(price, size)) || this.doubt()
  }

  /** Whether the venue's claim about the top is ours too. Null means that the frame did not say. */
  agrees(bestBid: number | null, bestAsk: number | null): boolean {
    return (
      (bestBid === null || bestBid === this.topBid) && (bestAsk === null || bestAsk === this.topAsk)
    )
  }

  /** A new tick starts a new epoch: the old levels are forgotten until the next snapshot. */
  changeTickSize(tickSize: Ticks): void {
    if (tickSize === this.tickSize) return
    this.setTickSize(tickSize)
    this.forget()
  }

  /** The connection was lost or the book cannot be trusted: absent until the next snapshot. */
  forget(): void {
    this.clear()
    this.stride = this.tickSize
    this.state = 'absent'
  }

  markDrifted(): void {
    this.state = 'drifted'
  }

  /** The worst price paid when taking `shares` from the asks, or null when there are not that many. */
  priceToTake(shares: number): Ticks | null {
    let left = shares
    for (
      let price = this.topAsk;
      price < NO_ASK && price <= this.highestAsk;
      price += this.stride
    ) {
      left -= this.asks[price] as number
      if (left <= 0) return price as Ticks
    }
    return null
  }

  /** What the asks hold at the price or below it. */
  sharesUpTo(limit: number): MicroShares {
    let sum = 0
    const last = Math.min(limit, this.highestAsk)
    for (let price = this.topAsk; price < NO_ASK && price <= last; price += this.stride)
      sum += this.asks[price] as number
    return sum as MicroShares
  }

  /** Levels of one side, best first, flat. */
  levels(side: BookSide): number[] {
    const flat: number[] = []
    if (side === 'BID') {
      for (
        let price = this.topBid;
        price > NO_BID && price >= this.lowestBid;
        price -= this.stride
      ) {
        if (this.bids[price] !== 0) flat.push(price, this.bids[price] as number)
      }
      return flat
    }
    for (
      let price = this.topAsk;
      price < NO_ASK && price <= this.highestAsk;
      price += this.stride
    ) {
      if (this.asks[price] !== 0) flat.push(price, this.asks[price] as number)
    }
    return flat
  }

  /** The text whose SHA-1 the venue publishes as this book's hash. Pure code makes the text; the edge hashes it. */
  canonicalText(meta: CanonicalMeta): string {
    const side = (flat: number[]): string => {
      const parts: string[] = []
      for (let at = flat.length - 2; at >= 0; at -= 2) {
        const price = formatPrice(flat[at] as Ticks)
        parts.push(`{"price":"${price}","size":"${formatMicro(flat[at + 1] as MicroShares)}"}`)
      }
      return parts.join(',')
    }
    return (
      `{"market":"${meta.market}","asset_id":"${meta.assetId}","timestamp":"${meta.timestamp}","hash":"",` +
      `"bids":[${side(this.levels('BID'))}],"asks":[${side(this.levels('ASK'))}],` +
      `"min_order_size":"${meta.minOrderSize}","tick_size":"${formatPrice(this.tickSize as Ticks)}",` +
      `"neg_risk":${meta.negRisk},"last_trade_price":"${meta.lastTradePrice}"}`
    )
  }

  private setBid(price: number, size: number): boolean {
    if (price <= NO_BID || price >= NO_ASK || size < 0) return false
    // A level that is there is on the grid already.
    if (this.bids[price] === 0 && price % this.stride !== 0) this.refineStride(price)
    this.bids[price] = size
    if (size > 0) {
      if (price > this.topBid) this.topBid = price
      if (price < this.lowestBid) this.lowestBid = price
    } else if (price === this.topBid) {
      let next = price - this.stride
      while (next > NO_BID && next >= this.lowestBid && this.bids[next] === 0) next -= this.stride
      this.topBid = next > NO_BID && next >= this.lowestBid ? next : NO_BID
    }
    return true
  }

  private setAsk(price: number, size: number): boolean {
    if (price <= NO_BID || price >= NO_ASK || size < 0) return false
    if (this.asks[price] === 0 && price % this.stride !== 0) this.refineStride(price)
    this.asks[price] = size
    if (size > 0) {
      if (price < this.topAsk) this.topAsk = price
      if (price > this.highestAsk) this.highestAsk = price
    } else if (price === this.topAsk) {
      let next = price + this.stride
      while (next < NO_ASK && next <= this.highestAsk && this.asks[next] === 0) next += this.stride
      this.topAsk = next < NO_ASK && next <= this.highestAsk ? next : NO_ASK
    }
    return true
  }

  private doubt(): boolean {
    this.state = 'drifted'
    return false
  }

  private setTickSize(tickSize: number): void {
    if (tickSize === this.tickSize) return
    this.tickSize = tickSize
    this.epoch += 1
  }

  /** A price off the known grid: the tick changed before anybody said so. */
  private refineStride(price: number): void {
    let a = this.stride
    let b = price % this.stride
    while (b !== 0) [a, b] = [b, a % b]
    this.stride = a
  }

  private clear(): void {
    for (let price = this.topBid; price > NO_BID && price >= this.lowestBid; price -= this.stride) {
      this.bids[price] = 0
    }
    for (
      let price = this.topAsk;
      price < NO_ASK && price <= this.highestAsk;
      price += this.stride
    ) {
      this.asks[price] = 0
    }
    this.topBid = NO_BID
    this.topAsk = NO_ASK
    this.lowestBid = NO_ASK
    this.highestAsk = NO_BID
  }
}
