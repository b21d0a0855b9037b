import { expect, it } from 'vitest'
import { aVenue, connect, isKind, isSnapshot, ownClock, windowOf } from './support.ts'

const timeOf = (text: string): number => Number(/"timestamp":"(\d+)"/.exec(text)?.[1] ?? 0)

/** All that was said of one window from the subscription to its resolution, by a venue that was that old when it was subscribed to. */
async function record(seed: number, ageMs: number): Promise<string[]> {
  const clock = ownClock()
  const venue = await aVenue({
    clock,
    seed,
    windowSec: 30,
    firstCloseSec: 5,
    resolutionDelayMs: 50,
    ratePerSec: 100,
  })
  clock.moveTo(clock.startedAtMs + ageMs)
  const window = await windowOf(venue, 'btc', '5m')
  const client = await connect(venue.endpoints.marketWs)
  client.send({
    assets_ids: [window.tokens.up, window.tokens.down],
    type: 'market',
    custom_feature_enabled: true,
  })
  await client.until(isSnapshot)
  for (let at = clock.nowMs(); at <= window.endsAt + 100; at += 70) {
    clock.moveTo(at)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  clock.moveTo(window.endsAt + 100)
  await client.until(isKind('market_resolved', window.conditionId))
  return client.texts.filter((text) => !isSnapshot(text) && timeOf(text) < window.endsAt)
}

it('says the same again for the same seed and epoch, whoever connects when', async () => {
  const [early, late, other] = await Promise.all([record(11, 0), record(11, 1_234), record(12, 0)])
  // Each began to listen when it did; what both heard has to be equal.
  const both = Math.max(...[early, late, other].map((texts) => timeOf(texts[0] ?? '')))
  const heard = (texts: readonly string[]): string[] => texts.filter((text) => timeOf(text) > both)
  expect(heard(early).length).toBeGreaterThan(30)
  expect(heard(late)).toEqual(heard(early))
  expect(heard(other)).not.toEqual(heard(early))
})
