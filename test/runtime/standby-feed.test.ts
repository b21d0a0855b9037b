/** Who is listened to when the better source refuses, goes silent, and comes back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { Asset, FeedName } from '../../src/domain/ids.ts'
import type { EventSink } from '../../src/domain/ports.ts'
import { micros } from '../../src/domain/units.ts'
import { createStandbyFeed } from '../../src/runtime/standby-feed.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const now = () => micros(Date.now() * 1_000)

function standing(names: readonly FeedName[] = ['binance', 'coinbase']) {
  const running = new Set<FeedName>()
  const emits = new Map<FeedName, EventSink>()
  const events: EngineEvent[] = []
  const feed = createStandbyFeed({
    sources: names.map((name) => ({
      name,
      make(emit) {
        emits.set(name, emit)
        return {
          start: () => void running.add(name),
          close: () => {
            running.delete(name)
            return Promise.resolve()
          },
        }
      },
    })),
    assets: ['btc', 'eth'],
    lostAfterMs: 10_000,
    trustAfterMs: 20_000,
    emit: (event) => events.push(event),
    now,
  })
  const tick = (name: FeedName, asset: Asset): void =>
    emits.get(name)?.({
      kind: 'price_tick',
      feed: name,
      asset,
      series: 'spot',
      price: '1',
      recvAt: now(),
      venueAt: now(),
    })
  return {
    feed,
    running: () => [...running].sort(),
    states: () => events.flatMap((event) => (event.kind === 'feed' ? [event] : [])),
    refuse: (name: FeedName) =>
      emits.get(name)?.({
        kind: 'feed',
        feed: name,
        state: 'refused',
        detail: 'HTTP 451',
        recvAt: now(),
        venueAt: null,
      }),
    /** Seconds in which these sources tell of these assets. */
    pass(seconds: number, who: readonly FeedName[], assets: readonly Asset[] = ['btc', 'eth']) {
      for (let at = 0; at < seconds; at += 1) {
        vi.advanceTimersByTime(1_000)
        for (const name of who) for (const asset of assets) tick(name, asset)
      }
    },
  }
}

test('the second rests while the first serves', async () => {
  const { feed, running, pass } = standing()
  feed.start()
  pass(120, ['binance'])
  expect(running()).toEqual(['binance'])
  await feed.close()
  expect(running()).toEqual([])
  pass(60, [])
  expect(running()).toEqual([])
})

test('a refusal starts the next at once, and the one after that', () => {
  const { feed, running, refuse } = standing(['binance', 'coinbase', 'rtds'])
  feed.start()
  refuse('binance')
  expect(running()).toContain('coinbase')
  refuse('coinbase')
  expect(running()).toContain('rtds')
  vi.advanceTimersByTime(600_000)
  expect(running()).toContain('rtds')
})

test('silence for one asset is enough; the stand-in goes when the first has been well for long', () => {
  const { feed, running, states, pass } = standing()
  feed.start()
  pass(5, ['binance'])
  pass(9, ['binance'], ['btc'])
  expect(running()).toEqual(['binance'])
  pass(3, ['binance'], ['btc'])
  expect(running()).toEqual(['binance', 'coinbase'])
  pass(15, ['binance', 'coinbase'])
  expect(running()).toEqual(['binance', 'coinbase'])
  pass(10, ['binance', 'coinbase'])
  expect(running()).toEqual(['binance'])
  expect(states().at(-1)).toMatchObject({ feed: 'coinbase', state: 'standby' })
  // And once more.
  pass(12, [])
  expect(running()).toEqual(['binance', 'coinbase'])
})
