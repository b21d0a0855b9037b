/** An engine with one window whose books are live and whose last second is near. */
import { type Micros, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

export const market = aMarket()

export function armed(settings = someSettings(), listed = market, booksAt = 898) {
  const bot = createHarness(settings)
  bot.clock(at(600))
  bot.send({
    kind: 'round_trip',
    p50Micros: 20_000,
    p99Micros: 60_000,
    recvAt: at(600),
    venueAt: null,
  })
  bot.list(listed, at(600))
  bot.runTo(at(booksAt))
  bot.books(listed, at(booksAt), 9_500, 9_600)
  return bot
}

export function filled(shares: number, cost: number, fee: number) {
  return {
    state: 'filled',
    fills: [{ price: ticks(9_600), shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality: 'confirmed',
  } as const
}

export function closeVenue(bot: ReturnType<typeof armed>, until: Micros): void {
  bot.send({ kind: 'venue_closed', until, reason: 'a test', recvAt: at(898.5), venueAt: null })
}
