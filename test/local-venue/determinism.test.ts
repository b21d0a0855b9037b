import { expect, it } from 'vitest'
import { aVenue, connect, EPOCH_MS, isKind, isSnapshot, windowOf } from './support.ts'

it('says the same again for the same seed and epoch, whoever connects when', async () => {
  const options = {
    seed: 11,
    windowSec: 2,
    firstCloseSec: 2,
    resolutionDelayMs: 50,
    ratePerSec: 100,
  }
  /** All that was said of one window in a span of the venue's time. */
  const record = async (venue: Awaited<ReturnType<typeof aVenue>>): Promise<string[]> => {
    const window = await windowOf(venue, 'btc', '5m')
    const client = await connect(venue.endpoints.marketWs)
    client.send({
      assets_ids: [window.tokens.up, window.tokens.down],
      type: 'market',
      custom_feature_enabled: true,
    })
    await client.until(isKind('market_resolved', window.conditionId))
    const timeOf = (text: string): number => Number(/"timestamp":"(\d+)"/.exec(text)?.[1] ?? 0)
    return client.texts.filter(
      (text) =>
        !isSnapshot(text) && timeOf(text) >= EPOCH_MS + 700 && timeOf(text) < EPOCH_MS + 2_000,
    )
  }
  const early = await aVenue(options)
  const [first, second, other] = await Promise.all([
    record(early),
    aVenue(options).then(record),
    aVenue({ ...options, seed: 12 }).then(record),
  ])
  expect(first.length).toBeGreaterThan(60)
  expect(second).toEqual(first)
  expect(other).not.toEqual(first)
})
