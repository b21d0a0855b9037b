/** A price feed under test, with all that it said: against a server that says what a test wants, or at any address. */
import type { EngineEvent, FeedChanged, PriceTick } from '../../src/domain/events.ts'
import type { FeedName } from '../../src/domain/ids.ts'
import type { PriceFeed, PriceFeedDeps } from '../../src/domain/ports.ts'
import { micros } from '../../src/domain/units.ts'
import { frameSamples } from '../../src/telemetry/frame-samples.ts'
import { priceServer, type Refusal } from './price-server.ts'

const closers: (() => Promise<void>)[] = []

export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

export function hearing(
  feed: FeedName,
  make: (deps: PriceFeedDeps) => PriceFeed,
  url: string,
  change: Partial<PriceFeedDeps> = {},
) {
  const events: EngineEvent[] = []
  const warnings: string[] = []
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: string) => void warnings.push(message),
    error: () => undefined,
  }
  const now = change.now ?? (() => micros(7))
  const made = make({
    url,
    assets: ['btc', 'eth'],
    silenceMs: 60_000,
    emit: (event) => events.push(event),
    now,
    random: () => 0,
    tell: (state, detail) =>
      events.push({ kind: 'feed', feed, state, detail, recvAt: now(), venueAt: null }),
    unreadable: frameSamples(feed, log, now),
    ...change,
  })
  made.start()
  closers.push(() => made.close())
  const ticks = (): PriceTick[] => events.filter((event) => event.kind === 'price_tick')
  const told = (): FeedChanged[] =>
    events.filter((event): event is FeedChanged => event.kind === 'feed')
  const states = (): string[] => told().map(({ state }) => state)
  return { feed: made, events, warnings, ticks, told, states }
}

export async function fakeFeed(
  feed: FeedName,
  make: (deps: PriceFeedDeps) => PriceFeed,
  refuseWith: Refusal | null = null,
  silenceMs = 60_000,
  change: Partial<PriceFeedDeps> = {},
) {
  const server = await priceServer(refuseWith)
  closers.push(server.close)
  return { server, ...hearing(feed, make, server.url, { silenceMs, ...change }) }
}
