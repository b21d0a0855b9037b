import { expect, it } from 'vitest'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { aVenue, connect, EPOCH_MS, isKind, isSnapshot, windowOf } from './support.ts'

const timeOf = (text: string): number => Number(/"timestamp":"(\d+)"/.exec(text)?.[1] ?? 0)

/** All that was said of one window from the subscription to its resolution. */
async function record(venue: RunningVenue): Promise<string[]> {
  const window = await windowOf(venue, 'btc', '5m')
  const client = await connect(venue.endpoints.marketWs)
  client.send({
    assets_ids: [window.tokens.up, window.tokens.down],
    type: 'market',
    custom_feature_enabled: true,
  })
  await client.until(isKind('market_resolved', window.conditionId))
  return client.texts.filter((text) => !isSnapshot(text) && timeOf(text) < EPOCH_MS + 2_000)
}

it('says the same again for the same seed and epoch, whoever connects when', async () => {
  const options = {
    seed: 11,
    windowSec: 2,
    firstCloseSec: 2,
    resolutionDelayMs: 50,
    ratePerSec: 100,
  }
  const [early, late, other] = await Promise.all([
    aVenue(options).then(record),
    aVenue(options).then(record),
    aVenue({ ...options, seed: 12 }).then(record),
  ])
  // Each began to listen when it did; what both heard has to be equal.
  const both = Math.max(...[early, late, other].map((texts) => timeOf(texts[0] ?? '')))
  const heard = (texts: readonly string[]): string[] => texts.filter((text) => timeOf(text) > both)
  expect(heard(early).length).toBeGreaterThan(30)
  expect(heard(late)).toEqual(heard(early))
  expect(heard(other)).not.toEqual(heard(early))
})
