/** The trades of Binance's combined stream. Prices are decimal texts, times are milliseconds. */
import { z } from 'zod'
import { isPositiveDecimal, trimmedDecimal } from '../../domain/decimal-text.ts'
import type { Taken } from '../../domain/events.ts'
import type { Asset } from '../../domain/ids.ts'

export const STREAMS: Readonly<Record<Asset, string>> = {
  btc: 'btcusdt@trade',
  eth: 'ethusdt@trade',
  sol: 'solusdt@trade',
  xrp: 'xrpusdt@trade',
}

const trade = z.object({
  stream: z.string(),
  data: z.object({
    e: z.literal('trade'),
    s: z.string(),
    p: z.string().refine(isPositiveDecimal, 'not a price'),
    T: z.int().positive(),
    // Who took how much is for models alone: a price without it is a price all the same.
    q: z.string().refine(isPositiveDecimal).optional().catch(undefined),
    m: z.boolean().optional().catch(undefined),
  }),
})

export type BinanceTrade = {
  readonly stream: string
  readonly price: string
  readonly atMs: number
  /** Null where it is not told. */
  readonly taken: Taken | null
}

/** Null for everything that is not a trade: answers, notices, other streams. Throws what JSON or the schema throws. */
export function parseTrade(text: string): BinanceTrade | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null || !('stream' in json)) return null
  const { stream, data } = trade.parse(json)
  if (stream !== `${data.s.toLowerCase()}@trade`)
    throw new Error(`the stream ${stream} told a trade of ${data.s}`)
  const { p, q, m, T: atMs } = data
  // `m`: the buyer was there first.
  const taken: Taken | null =
    q === undefined || m === undefined
      ? null
      : { size: trimmedDecimal(q), taker: m ? 'SELL' : 'BUY' }
  return { stream, price: trimmedDecimal(p), atMs, taken }
}
