/** What tests of the price feeds share: a venue for each of many tests at once, and a listener of RTDS. */
import type { RunningVenue, VenueOptions } from '../../src/local-venue/venue.ts'
import { aVenue, connect } from './support.ts'

/** With books that hardly move: prices are looked at here, and many venues at once have to keep up with the time. */
export const aFeedVenue = (options: VenueOptions = {}): Promise<RunningVenue> =>
  aVenue({ ratePerSec: 1, ...options }, false)

export type RtdsFrame = {
  readonly topic: string
  readonly type: string
  readonly timestamp: number
  readonly connection_id?: string
  readonly payload: {
    readonly symbol: string
    readonly timestamp: number
    readonly value: number
    readonly full_accuracy_value: string
    readonly window_s?: number
    readonly data?: readonly { readonly timestamp: number; readonly value: number }[]
  }
}

export function subscribe(...subscriptions: object[]): object {
  return { action: 'subscribe', subscriptions }
}

export async function rtds(venue: RunningVenue, ...subscriptions: object[]) {
  const client = await connect(venue.endpoints.rtds)
  client.send(subscribe(...subscriptions))
  // It is answered in its turn: from here on the wishes are known.
  client.send('PING')
  await client.until((text) => text === 'PONG')
  const frames = (): RtdsFrame[] =>
    client.texts.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as RtdsFrame)
  return { client, frames }
}
