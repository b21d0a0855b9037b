/**
 * The numbers of a frame, read from its bytes as whole numbers of a small unit. They stand in quotes; -1 says that something
 * else stands there. `end` is behind the closing quote of the number that was read last.
 */
import { TICKS_PER_DOLLAR } from '../../domain/units.ts'

const QUOTE = 0x22
const DOT = 0x2e
const ZERO = 0x30
/** The first two letters of nearly every price, "0.", as they stand in a word of four bytes. */
const ZERO_DOT = 0x2e30
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const
const PRICE_PLACES = 4
/** Fifteen digits are always exact. */
const DIGITS_MAX = 15
const TIMESTAMP_DIGITS = 13
const FRONT_DIGITS = 8

/** The price of each pair of bytes that are two digits behind the point; -1 for every other pair. */
const CENTS = new Int16Array(65_536).fill(-1)
for (let cent = 0; cent < 100; cent += 1) {
  const pair = ZERO + Math.floor(cent / 10) + ((ZERO + (cent % 10)) << 8)
  CENTS[pair] = (cent * TICKS_PER_DOLLAR) / 100
}

export class FrameNumbers {
  end = 0
  private front = 0
  private frontWord = 0

  /** Ten-thousandths of a dollar, one dollar at most. */
  price(bytes: Uint8Array, view: DataView, at: number): number {
    const word = view.getInt32(at, true)
    const cents = CENTS[word >>> 16] as number
    if ((word & 0xffff) === ZERO_DOT && bytes[at + 4] === QUOTE && cents >= 0) {
      this.end = at + 5
      return cents
    }
    return this.rarePrice(bytes, at)
  }

  private rarePrice(bytes: Uint8Array, at: number): number {
    const value = this.decimal(bytes, at, PRICE_PLACES)
    return value > TICKS_PER_DOLLAR ? -1 : value
  }

  /** A decimal with at most `places` places that matter, as a whole number of 10^-places. */
  decimal(bytes: Uint8Array, from: number, places: number): number {
    let at = from
    let value = 0
    let digit = (bytes[at] as number) - ZERO
    while (digit >>> 0 <= 9) {
      value = value * 10 + digit
      at += 1
      digit = (bytes[at] as number) - ZERO
    }
    let digits = at - from
    let left = places
    if (bytes[at] === DOT) {
      const dot = at
      at += 1
      digit = (bytes[at] as number) - ZERO
      while (digit >>> 0 <= 9) {
        if (left > 0) {
          value = value * 10 + digit
          left -= 1
        } else if (digit !== 0) return -1
        at += 1
        digit = (bytes[at] as number) - ZERO
      }
      digits += at - dot - 1
    }
    if (bytes[at] !== QUOTE || digits === 0 || digits > DIGITS_MAX) return -1
    this.end = at + 1
    value *= POWERS[left] as number
    return value <= Number.MAX_SAFE_INTEGER ? value : -1
  }

  /** Thirteen digits. The first eight change every hundred seconds: they are compared, not read. */
  timestampMs(bytes: Uint8Array, view: DataView, from: number): number {
    if (view.getFloat64(from, true) !== this.frontWord && !this.readFront(bytes, view, from)) {
      return -1
    }
    let value = 0
    for (let at = from + FRONT_DIGITS; at < from + TIMESTAMP_DIGITS; at += 1) {
      const digit = (bytes[at] as number) - ZERO
      if (!(digit >>> 0 <= 9)) return -1
      value = value * 10 + digit
    }
    this.end = from + TIMESTAMP_DIGITS + 1
    return bytes[from + TIMESTAMP_DIGITS] === QUOTE ? this.front + value : -1
  }

  private readFront(bytes: Uint8Array, view: DataView, from: number): boolean {
    let value = 0
    for (let at = from; at < from + FRONT_DIGITS; at += 1) {
      const digit = (bytes[at] as number) - ZERO
      if (!(digit >>> 0 <= 9)) return false
      value = value * 10 + digit
    }
    this.frontWord = view.getFloat64(from, true)
    this.front = value * 10 ** (TIMESTAMP_DIGITS - FRONT_DIGITS)
    return true
  }
}
