/** Where the venue and the price sources are: the real ones, or those that an embedded venue says it serves. */
import { z } from 'zod'
import { UserError } from '../../domain/user-error.ts'

export type Endpoints = {
  readonly gamma: string
  readonly clob: string
  readonly data: string
  readonly marketWs: string
  readonly userWs: string
  readonly rtds: string
  readonly polybolt: string
  readonly binanceWs: string
  readonly binanceRest: string
  readonly coinbaseWs: string
  /** Null where an embedded venue of before does not serve it. */
  readonly coinbaseRest: string | null
  /** The undocumented helpers of the website, the strike among them. */
  readonly site: string
  /** JSON-RPC of the chain. */
  readonly chain: string
}

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
  coinbaseRest: 'https://api.exchange.coinbase.com',
  site: 'https://polymarket.com',
  chain: 'https://polygon-rpc.com',
}

/** A trailing slash would become a double one in every address built on it. */
function address(protocol: RegExp) {
  return z.url({ protocol }).transform((url) => url.replace(/\/+$/, ''))
}

const http = address(/^https?$/)
const socket = address(/^wss?$/)

const venueSchema = z.object({
  gamma: http,
  clob: http,
  data: http,
  marketWs: socket,
  userWs: socket,
  rtds: socket,
  polybolt: socket,
  binanceWs: socket,
  binanceRest: http,
  coinbaseWs: socket,
  coinbaseRest: http.nullable().default(null),
  site: http,
  chain: http,
  control: http,
  account: z.object({ privateKey: z.string().min(1), address: z.string().min(1) }),
  chainId: z.int(),
  // What tells a person about the venue, and decides nothing; another venue may leave it out.
  seed: z.union([z.int(), z.string()]).nullish(),
  serverTime: z.union([z.number(), z.string()]).nullish(),
  profile: z.string().nullish(),
  windowSec: z.number().nullish(),
  notes: z.array(z.string()).default([]),
})

/** What an embedded venue says of itself in its first line. */
export type VenueLine = Endpoints & z.output<typeof venueSchema>

export function parseVenueJson(text: string): VenueLine {
  let json: unknown
  try {
    // Whoever saved all that the venue wrote has our line at the top.
    json = JSON.parse(text.trim().split('\n')[0] ?? '')
  } catch {
    throw new UserError(
      'usage',
      'The venue description is not JSON; give the file that holds the first line `lastsecond venue --json` printed.',
    )
  }
  const parsed = venueSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const key = issue.path.join('.')
    if (key === '') return 'it is not an object'
    return isMissing(json, issue.path) ? `"${key}" is missing` : `"${key}" is wrong`
  })
  throw new UserError(
    'usage',
    `The venue description cannot be used: ${problems.join(', ')}; \`lastsecond venue --json\` prints a complete one.`,
  )
}

function isMissing(json: unknown, path: readonly PropertyKey[]): boolean {
  let value = json
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return true
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value === undefined
}
