/** A bot with one window, as far as a live order is concerned: found, fired, told of outcomes. */
import { expect } from 'vitest'
import type { SubmitOutcome } from '../../src/domain/order.ts'
import { type Micros, microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

export const market = aMarket()
export const CASH = 10_000_000_000
export type Bot = ReturnType<typeof createHarness>

export function aBot(settings = someSettings()): Bot {
  const bot = createHarness(settings)
  bot.clock(at(600))
  return bot
}

export function listed(settings = someSettings()): Bot {
  const bot = aBot(settings)
  bot.list(market, at(600))
  return bot
}

export function fired(settings = someSettings()): Bot {
  const bot = listed(settings)
  bot.runTo(at(898))
  bot.books(market, at(898), 9_600, 9_700)
  bot.runTo(at(899))
  expect(bot.asked('submit')).toHaveLength(1)
  return bot
}

export function outcome(
  bot: Bot,
  next: SubmitOutcome,
  when: Micros = at(899.5),
  id = `${market.slug}/1`,
): void {
  bot.send({
    kind: 'order_outcome',
    orderId: id as never,
    venueId: '0x1',
    outcome: next,
    recvAt: when,
    venueAt: null,
  })
}

export function filled(
  finality: 'matched' | 'confirmed',
  shares = 5_000_000,
  cost = 4_850_000,
  fee = 10_190,
): SubmitOutcome {
  return {
    state: 'filled',
    fills: [{ price: ticks(9_700), shares: microShares(shares) }],
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(fee),
    finality,
  }
}
export function waits(shares: number, cost: number): SubmitOutcome {
  const fills = [{ price: ticks(9_700), shares: microShares(shares) }]
  return {
    state: 'resting',
    fills,
    shares: microShares(shares),
    cost: microUsdc(cost),
    fee: microUsdc(0),
  }
}
export const dead = (state: 'killed' | 'rejected' | 'reverted' | 'unknown'): SubmitOutcome => ({
  state,
  reason: 'x',
})
export const tick = (bot: Bot, size: number, when: Micros, token = market.up) =>
  bot.send({ kind: 'tick_size_change', token, tickSize: ticks(size), recvAt: when, venueAt: null })
export const operate = (bot: Bot, action: 'pause' | 'resume' | 'kill' | 'stop', when: Micros) =>
  bot.send({ kind: 'operator', action, recvAt: when, venueAt: null })
