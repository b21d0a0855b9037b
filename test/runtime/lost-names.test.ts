/** An order of which only the ledger knows: by what name it left is asked until the venue names it, or knows nothing for long enough. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OrderOutcome, RestoredShot } from '../../src/domain/events.ts'
import type { TakerTrade } from '../../src/domain/ports.ts'
import { micros } from '../../src/domain/units.ts'
import { createLostNames } from '../../src/runtime/lost-names.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder, aTrade } from '../support/live.ts'

const market = aMarket()
const order = anOrder()
const { side, token, limit, spend, shares } = order
const rung = { side, token, limit, spend, shares }
const shot: RestoredShot = { market, order, outcome: null, isNews: false, venueId: null }
const resumed = (venueId: string) => [
  [{ venueId, order, market, sentAt: order.decidedAt }, shot.outcome],
]

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const taken = (change: Partial<TakerTrade> = {}): TakerTrade => ({
  ...aTrade('MATCHED', 5_000_000),
  ...{ venueId: '0xA', token: order.token, matchedAt: at(900) },
  ...change,
})

function aSearch(orders = [{ ...rung, venueId: '0xa' }]) {
  const account = anAccount()
  const fates = { resume: vi.fn() }
  const told: OrderOutcome[] = []
  const log = aLog()
  const names = createLostNames({
    ...{ account, fates, log },
    armed: () => orders,
    emit: (event) => void told.push(event as OrderOutcome),
    now: () => micros(Date.now() * 1_000),
  })
  const states = () => told.map(({ outcome }) => outcome.state)
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  return { account, fates, told, log, names, states, pass }
}

test('counts as unknown at once, and is followed by the name that a trade gives it', async () => {
  const { names, states, account, fates, pass } = aSearch()
  names.find(shot)
  expect(states()).toEqual(['unknown'])
  await pass(2_000)
  expect(fates.resume).not.toHaveBeenCalled()
  account.takenIn.mockResolvedValue([taken({ venueId: '0xother' }), taken()])
  await pass(5_000)
  expect([states(), fates.resume.mock.calls]).toEqual([['unknown'], resumed('0xA')])
})

test('is followed by the name under which the venue has an order', async () => {
  const { names, account, fates, pass } = aSearch([
    { ...rung, venueId: '0xa' },
    { ...rung, venueId: '0xB' },
    { ...rung, limit: order.spend as never, venueId: '0xc' },
  ])
  account.order.mockImplementation((id) =>
    Promise.resolve(id === '0xb' ? { status: 'LIVE' } : null),
  )
  names.find(shot)
  await pass(1_000)
  expect(fates.resume.mock.calls).toEqual(resumed('0xb'))
  expect(account.order.mock.calls).toEqual([['0xa'], ['0xb']])
})

test('is known by what it bought where no name was written down', async () => {
  const half = aTrade('MATCHED', 2_500_000)
  const { names, account, fates, pass } = aSearch([])
  account.takenIn.mockResolvedValue([
    taken({ venueId: '0x1', token: market.down }),
    taken({ venueId: '0x2', matchedAt: at(800) }),
    taken({ venueId: '0x3', ...aTrade('MATCHED', 4_999_000, 9_702) }),
    taken({ venueId: '0x4', ...aTrade('MATCHED', 6_000_000) }),
    taken({ venueId: '0x5', ...half }),
    taken({ venueId: '0x6', ...half, matchedAt: null }),
    taken({ venueId: '0x6', ...half }),
  ])
  names.find(shot)
  await pass(1_000)
  expect(fates.resume.mock.calls).toEqual(resumed('0x6'))
})

test('ends as killed when the venue, asked long and often enough, knows nothing', async () => {
  const { names, states, told, fates, pass } = aSearch()
  names.find(shot)
  await pass(11_900)
  expect(states()).toEqual(['unknown'])
  await pass(10_000)
  expect([states(), fates.resume.mock.calls]).toEqual([['unknown', 'killed'], []])
  expect(told.at(-1)).toMatchObject({ orderId: order.id, venueId: null })
})

test('does not end while the venue does not answer', async () => {
  const { names, states, account, log, pass } = aSearch()
  account.takenIn.mockRejectedValue(new Error('down'))
  names.find(shot)
  await pass(600_000)
  expect(states()).toEqual(['unknown'])
  expect(log.warn).toHaveBeenCalled()
  account.takenIn.mockResolvedValue([])
  await pass(60_000)
  expect(states()).toEqual(['unknown', 'killed'])
})

test('is not called unknown twice, and is not asked for after the end', async () => {
  const { names, states, account, pass } = aSearch()
  names.find({ ...shot, outcome: { state: 'unknown', reason: 'before' } })
  await pass(500)
  names.close()
  const asked = account.takenIn.mock.calls.length
  await pass(60_000)
  expect([states(), account.takenIn.mock.calls.length]).toEqual([[], asked])
})
