/** What a relay has told of each second: a backfill brings much that is known, and each print is worth telling once. */
import type { Asset, PriceSeries } from '../../domain/ids.ts'

/** A value of the settlement source, stamped with a whole second. */
export type Print = {
  readonly asset: Asset
  readonly series: PriceSeries
  readonly price: string
  readonly atMs: number
  /** A float was all there was. */
  readonly rounded: boolean
}

export type PrintMemory = {
  /** Whether a print that came as it was made is news. The same second may be told again, corrected. */
  isNews(print: Print): boolean
  /** Whether a print that came with the past is news: it corrects nothing. */
  isMissing(print: Print): boolean
  /** Told of a print that is no news: words when a series repeats itself for long, once until there is news again. */
  repeats(print: Pick<Print, 'asset' | 'series'>): string | null
}

/** A frame may come twice; so many in a row are a source that has nothing new to say. */
const REPEATS_TOLD = 5
/** Longer than any backfill reaches. */
const KEPT_MS = 300_000

export function createPrintMemory(): PrintMemory {
  const told = new Map<string, Map<number, string>>()
  /** Since the last news of the series. */
  const repeated = new Map<string, number>()

  function secondsOf({ asset, series }: Print): Map<number, string> {
    const key = `${asset}/${series}`
    const known = told.get(key) ?? new Map<number, string>()
    told.set(key, known)
    return known
  }

  function keep(seconds: Map<number, string>, print: Print): boolean {
    repeated.delete(`${print.asset}/${print.series}`)
    seconds.set(print.atMs, print.price)
    for (const atMs of seconds.keys()) {
      if (atMs >= print.atMs - KEPT_MS) break
      seconds.delete(atMs)
    }
    return true
  }

  return {
    isNews(print) {
      const seconds = secondsOf(print)
      return seconds.get(print.atMs) !== print.price && keep(seconds, print)
    },
    isMissing(print) {
      const seconds = secondsOf(print)
      return !seconds.has(print.atMs) && keep(seconds, print)
    },
    repeats({ asset, series }) {
      const key = `${asset}/${series}`
      const count = (repeated.get(key) ?? 0) + 1
      repeated.set(key, count)
      return count === REPEATS_TOLD ? `${asset} ${series} repeats what it said before` : null
    },
  }
}
