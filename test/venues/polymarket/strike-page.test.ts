/** The website's word on the price to beat, from the embedded venue over HTTP. */
import { expect, test, vi } from 'vitest'
import type { EngineEvent } from '../../../src/domain/events.ts'
import { micros } from '../../../src/domain/units.ts'
import { nowMicros } from '../../../src/net/clock.ts'
import { createHttp } from '../../../src/net/http.ts'
import { createStrikePage } from '../../../src/venues/polymarket/strike-page.ts'
import { aVenue, setFault, windowOf } from '../../local-venue/support.ts'
import { aMarket } from '../../support/builders.ts'
import { until } from '../../support/until.ts'

test('is the strike of the window, also when the page fails at first; none comes where it always fails', async () => {
  const venue = await aVenue({ windowSec: 300, firstCloseSec: 200 })
  const window = await windowOf(venue, 'btc', '15m')
  const events: EngineEvent[] = []
  const warn = vi.fn()
  const page = createStrikePage({
    http: createHttp({ userAgent: 'test', timeoutMs: 2_000, now: nowMicros }),
    site: venue.endpoints.site,
    emit: (event) => events.push(event),
    now: nowMicros,
    venueNow: () => micros(Math.floor(venue.nowMs() * 1_000)),
    log: { debug: warn, info: warn, warn, error: warn },
  })
  await setFault(venue, { name: 'no-crypto-price', forMs: 1_000 })
  page.ask(
    aMarket({
      startAt: micros(window.startsAt * 1_000),
      endAt: micros(window.endsAt * 1_000),
    }),
  )
  await until(() => events.length > 0)
  page.close()
  const [quote] = events
  expect(quote?.kind).toBe('strike_quote')
  expect(Number((quote as { price: string }).price)).toBeCloseTo(window.strike ?? 0, 6)
})
