/**
 * The user channel: our own orders and trades as the venue tells them. It is never the only source: nothing is replayed after a cut, so what
 * it says only makes somebody ask sooner. A quiet channel is normal; its liveness is the PONG.
 */
import { z } from 'zod'
import type { Log } from '../../domain/ports.ts'
import { openSocket } from '../../net/socket.ts'
import type { ApiCredentials } from './account.ts'

const PING_MS = 10_000
const SILENCE_MS = 30_000

/** The venue said something about an order of ours. */
export type UserNews = {
  readonly venueId: string
  readonly kind: 'order' | 'trade'
  readonly status: string
}

const event = z.object({
  event_type: z.enum(['order', 'trade']),
  id: z.string(),
  status: z.string().default(''),
  taker_order_id: z.string().optional(),
  maker_orders: z.array(z.object({ order_id: z.string() }).loose()).nullish(),
})

export type UserChannel = { close(): Promise<void> }

export function openUserChannel(options: {
  readonly url: string
  readonly credentials: ApiCredentials
  readonly random: () => number
  readonly log: Log
  news(news: UserNews): void
  /** Told after each connection: whatever happened before it was not heard. */
  opened(): void
}): UserChannel {
  const { apiKey, secret, passphrase } = options.credentials
  const auth = { apiKey, secret, passphrase }
  const socket = openSocket({
    url: options.url,
    ping: { text: 'PING', everyMs: PING_MS },
    silenceMs: SILENCE_MS,
    greeting: () => JSON.stringify({ auth, markets: [], type: 'user' }),
    random: options.random,
    onFrame(data) {
      const text = data.toString()
      socket.touch()
      if (text === 'PONG' || text === '') return
      for (const news of parse(text)) options.news(news)
    },
    onOpen: options.opened,
    onLost: (reason) => options.log.warn('the user channel was lost', { reason }),
  })
  return { close: socket.close }
}

/** One event or several; what is not about an order is nothing to us. */
export function parse(text: string): UserNews[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Not JSON: the questions by REST find out without it.
    return []
  }
  return (Array.isArray(json) ? json : [json]).flatMap((one: unknown): UserNews[] => {
    const parsed = event.safeParse(one)
    if (!parsed.success) return []
    const {
      event_type: kind,
      id,
      status,
      taker_order_id: taker,
      maker_orders: makers,
    } = parsed.data
    if (kind === 'order') return [{ kind, venueId: id, status }]
    // Whose order it is that waited there is for those to know who sent it.
    const names = [taker ?? id, ...(makers ?? []).map((maker) => maker.order_id)]
    return names.map((venueId) => ({ kind, venueId, status }))
  })
}
