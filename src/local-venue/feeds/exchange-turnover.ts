/** What was traded in a span of seconds, as candles tell it. Seconds are counted once and remembered for a while. */
import type { Asset } from '../../domain/ids.ts'
import { tradesOf } from '../../sim/exchange-trades.ts'
import type { Prints } from './prints.ts'

export type Turnover = {
  readonly firstId: number
  readonly lastId: number
  readonly trades: number
  /** Hundred-millionths of the asset, and of a dollar. */
  readonly base: number
  readonly quote: number
  /** The part in which the taker bought. */
  readonly takerBase: number
  readonly takerQuote: number
}

const SCALE = 100_000_000
const SECONDS_KEPT = 30_000
const memories = new WeakMap<Prints, Map<string, Turnover>>()

export function turnoverOf(
  seed: number,
  prints: Prints,
  asset: Asset,
  fromSec: number,
  toSec: number,
): Turnover {
  const sum = { trades: 0, base: 0, quote: 0, takerBase: 0, takerQuote: 0 }
  let [firstId, lastId] = [0, 0]
  for (let sec = Math.max(fromSec, prints.oldestSec(asset)); sec <= toSec; sec += 1) {
    const one = ofSecond(seed, prints, asset, sec)
    firstId ||= one.firstId
    lastId = one.lastId
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += one[key]
  }
  return { firstId, lastId, ...sum }
}

function ofSecond(seed: number, prints: Prints, asset: Asset, sec: number): Turnover {
  const seconds = memories.get(prints) ?? new Map<string, Turnover>()
  memories.set(prints, seconds)
  const key = `${asset}/${sec}`
  const known = seconds.get(key)
  if (known !== undefined) return known
  const trades = tradesOf(seed, prints, asset, sec)
  const sum = { base: 0, quote: 0, takerBase: 0, takerQuote: 0 }
  for (const { price, quantity, takerSells } of trades) {
    const quote = Math.round((price / SCALE) * quantity)
    sum.base += quantity
    sum.quote += quote
    if (takerSells) continue
    sum.takerBase += quantity
    sum.takerQuote += quote
  }
  const made = {
    firstId: trades[0]?.id ?? 0,
    lastId: trades.at(-1)?.id ?? 0,
    trades: trades.length,
    ...sum,
  }
  if (seconds.size >= SECONDS_KEPT) seconds.clear()
  seconds.set(key, made)
  return made
}
