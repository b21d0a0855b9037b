/** The trades of Binance's combined stream. Prices are decimal texts, times are milliseconds. */
import { z } from 'zod'
import { isPositiveDecimal, trimmedDecimal } from '../../domain/decimal-text.ts'
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
  }),
})

export type BinanceTrade = {
  readonly stream: string
  readonly price: string
  readonly atMs: number
}

/** Null for everything that is not a trade: answers, notices, other streams. Throws what JSON or the schema throws. */
export function parseTrade(text: string): BinanceTrade | null {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null || !('stream' in json)) return null
  const { stream, data } = trade.parse(json)
  if (stream !== `${data.s.toLowerCase()}@trade`)
    throw new Error(`the stream ${stream} told a trade of ${data.s}`)
  return { stream, price: trimmedDecimal(data.p), atMs: data.T }
}
