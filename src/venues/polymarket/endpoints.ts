/** Where the venue's services are: the real ones, or those of an embedded venue, which prints its addresses as one JSON line. */
import { z } from 'zod'
import { UserError } from '../../domain/user-error.ts'

const endpoints = z.object({
  gamma: z.url(),
  clob: z.url(),
  data: z.url(),
  marketWs: z.url(),
  userWs: z.url(),
  rtds: z.url(),
  polybolt: z.url(),
  binanceWs: z.url(),
  binanceRest: z.url(),
  coinbaseWs: z.url(),
  site: z.url(),
})

export type Endpoints = z.infer<typeof endpoints>

export const PRODUCTION: Endpoints = {
  gamma: 'https://gamma-api.polymarket.com',
  clob: 'https://clob.polymarket.com',
  data: 'https://data-api.polymarket.com',
  marketWs: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
  userWs: 'wss://ws-subscriptions-clob.polymarket.com/ws/user',
  rtds: 'wss://ws-live-data.polymarket.com',
  polybolt: 'wss://ws-live-v2.polymarket.com/ws',
  binanceWs: 'wss://stream.binance.com:9443',
  binanceRest: 'https://api.binance.com',
  coinbaseWs: 'wss://ws-feed.exchange.coinbase.com',
  site: 'https://polymarket.com',
}

const venueLine = endpoints.extend({ control: z.url(), notes: z.array(z.string()).default([]) })

export type VenueLine = z.infer<typeof venueLine>

export function parseVenueJson(text: string): VenueLine {
  let json: unknown
  try {
    json = JSON.parse(text.trim().split('\n')[0] ?? '')
  } catch {
    throw new UserError(
      'usage',
      'the venue file must hold the JSON line that `lastsecond venue --json` prints first',
    )
  }
  const parsed = venueLine.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UserError(
    'usage',
    `the venue's JSON line: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'does not fit'}`,
  )
}
