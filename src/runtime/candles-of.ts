/** Which candles have to do with a window, and when they can be had. Exchanges count in UTC, so the window's own instants say where a candle begins. */
import type { Market } from '../domain/market.ts'
import type { CandleSpan } from '../domain/ports.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'

export type Asked = {
  readonly span: CandleSpan
  /** By the venue's clock. */
  readonly dueAt: Micros
  /** It is what the window is settled on, not only a cross-check. */
  readonly isSettling: boolean
}

/** The first trade of an hour is not there with its first instant, nor is a close. */
const AFTER_SEC = 2
const MINUTE_SEC = 60
/** Longer than a second there are candles of these lengths, all of which begin at multiples of it. */
const LENGTHS: readonly number[] = [60, 300, 900, 3_600, 14_400]

export function candlesOf(market: Market): readonly Asked[] {
  const { asset, startAt, endAt } = market
  const asked = (openAt: number, seconds: number, dueAt: number, isSettling: boolean): Asked => ({
    span: { asset, openAt: openAt as Micros, seconds },
    dueAt: (dueAt + AFTER_SEC * MICROS_PER_SECOND) as Micros,
    isSettling,
  })
  if (!isSettledByCandle(market)) {
    const openAt = startAt - MINUTE_SEC * MICROS_PER_SECOND
    // Of another minute it would be another average.
    return isOnGrid(openAt, MINUTE_SEC) ? [asked(openAt, MINUTE_SEC, startAt, false)] : []
  }
  const length = (endAt - startAt) / MICROS_PER_SECOND
  if (LENGTHS.includes(length) && isOnGrid(startAt, length))
    return [asked(startAt, length, startAt, true), asked(startAt, length, endAt, true)]
  // Whatever its length, a candle that begins with the window opens with its first trade.
  return [asked(startAt, 1, startAt, true), asked(endAt - MICROS_PER_SECOND, 1, endAt, true)]
}

/** The engine reads the rule itself; here it only says which question is worth asking. */
function isSettledByCandle({ resolutionSource }: Market): boolean {
  return resolutionSource?.includes('binance.com/') === true
}

function isOnGrid(at: number, seconds: number): boolean {
  return at % (seconds * MICROS_PER_SECOND) === 0
}
