/** What a live bot remembers at its start, of a ledger and a journal that may each know less than the other. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RestoredShot } from '../../src/domain/events.ts'
import type { Settlement } from '../../src/domain/facts.ts'
import { type ConditionId, conditionId, orderId } from '../../src/domain/ids.ts'
import type { Remembered, TakerTrade } from '../../src/domain/ports.ts'
import { micros, microUsdc } from '../../src/domain/units.ts'
import type { Unredeemed } from '../../src/ledger/books.ts'
import type { ArmedWindow, NamedRung, SentMark } from '../../src/ledger/journal-files.ts'
import { createLiveMemory } from '../../src/runtime/live-memory.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder, aTrade } from '../support/live.ts'

const CASH = 1_000_000_000
const PAYOUT = 5_000_000
const one = aMarket()
const two = aMarket({ conditionId: conditionId(`0x${'d'.repeat(64)}`), slug: 'another' })

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const markOf = (market = one, venueId = '0x1'): SentMark => ({
  venueId,
  market,
  order: anOrder({ id: orderId(`${market.slug}/1`) }, market),
})
const shotOf = (change: Partial<RestoredShot> = {}): RestoredShot => ({
  market: one,
  order: anOrder(),
  outcome: null,
  isNews: false,
  venueId: null,
  ...change,
})

const SIDE = (({ side, token, limit, spend, shares }) => ({ side, token, limit, spend, shares }))(
  anOrder(),
)
const armedOf = (market = one, change: Partial<ArmedWindow> = {}): ArmedWindow => {
  const { conditionId } = market
  const orders: NamedRung[] = [{ ...SIDE, venueId: '0xABC' }]
  return { conditionId, market, orders, isProof: true, ...change }
}

function aMemory({
  known = {},
  marks = [],
  armed = [],
  wins = [],
  redeems = true,
  long = [],
}: {
  known?: Partial<Remembered>
  marks?: SentMark[]
  armed?: ArmedWindow[]
  wins?: number[]
  redeems?: boolean
  /** Settled so long ago that the ledger does not list them. */
  long?: ConditionId[]
} = {}) {
  const log = aLog()
  const account = anAccount()
  const { balance, refresh, takenIn } = account
  const marketOf = vi.fn<(id: string) => typeof one | null>(() => null)
  const unredeemed: Unredeemed[] = wins.map((payout, n) => ({
    conditionId: conditionId(`0x${n}`),
    payout,
  }))
  const ledger = {
    accept: vi.fn(),
    unredeemed: () => [...unredeemed],
    redeemed: vi.fn((id: string) => {
      unredeemed.splice(
        unredeemed.findIndex((win) => win.conditionId === id),
        1,
      )
    }),
    transferred: vi.fn(),
    restore: () =>
      Promise.resolve({
        cash: microUsdc(CASH),
        paused: false,
        halted: false,
        shots: [],
        barred: [],
        settled: [],
        ...known,
      }),
    flush: () => Promise.resolve(),
    close: vi.fn(() => Promise.resolve()),
  }
  const journal = {
    armed: vi.fn(),
    mark: vi.fn(),
    sync: vi.fn(),
    rehearse: vi.fn(),
    forget: vi.fn(),
    compact: vi.fn(),
    before: { marks, armed },
    close: vi.fn(),
  }
  const redeem = vi.fn((id: string) => {
    ledger.redeemed(id)
    return Promise.resolve(true)
  })
  const memory = createLiveMemory({
    ledger,
    journal,
    account,
    marketOf,
    settledAmong: () => long,
    redeem: redeems ? redeem : null,
    now: () => micros(Date.now() * 1_000),
    log,
  })
  async function restore(): Promise<Remembered> {
    const restoring = memory.restore()
    await vi.advanceTimersByTimeAsync(60_000)
    return restoring
  }
  const holds = (...money: number[]) => {
    for (const micro of money.slice(0, -1)) balance.mockResolvedValueOnce(microUsdc(micro))
    balance.mockResolvedValue(microUsdc(money.at(-1) ?? CASH))
  }
  return {
    memory,
    restore,
    log,
    ledger,
    journal,
    redeem,
    balance,
    refresh,
    takenIn,
    marketOf,
    holds,
  }
}

describe('shots', () => {
  test('a line of a window that was settled long ago is no news', async () => {
    const { restore } = aMemory({ marks: [markOf()], long: [one.conditionId] })
    expect((await restore()).shots).toEqual([])
  })

  test('that only the journal knows are news', async () => {
    const { restore } = aMemory({ marks: [markOf()] })
    const { order } = markOf()
    expect((await restore()).shots).toEqual([
      { market: one, order, outcome: null, isNews: true, venueId: '0x1' },
    ])
  })

  test('that both know are one, with the name that the journal has', async () => {
    const outcome = { state: 'unknown', reason: '' } as const
    const { restore } = aMemory({ known: { shots: [shotOf({ outcome })] }, marks: [markOf()] })
    expect((await restore()).shots).toEqual([shotOf({ outcome, venueId: '0x1' })])
  })

  test('that only the ledger knows have the name that it has, or none', async () => {
    for (const venueId of [null, '0x7']) {
      const { restore } = aMemory({ known: { shots: [shotOf({ venueId })] } })
      expect((await restore()).shots).toEqual([shotOf({ venueId })])
    }
  })

  test('of settled windows are over, and the journal drops them', async () => {
    const settled = [one.conditionId]
    const { restore, journal } = aMemory({
      known: { settled },
      marks: [markOf()],
      armed: [armedOf()],
    })
    const { shots, barred } = await restore()
    expect([shots, barred]).toEqual([[], []])
    expect(journal.compact).toHaveBeenCalledWith(new Set(settled))
  })

  test('windows that were made ready are barred where no shot of them is known', async () => {
    const { restore } = aMemory({ marks: [markOf()], armed: [armedOf(), armedOf(two)] })
    expect((await restore()).barred).toEqual([two])
  })

  test('a window is forgotten by the journal when it is settled, and every fact is kept', () => {
    const { memory, journal, ledger } = aMemory()
    const settlement = { market: one } as Settlement
    memory.accept({ kind: 'settled', at: at(930), settlement })
    memory.accept({ kind: 'listening', at: at(1), market: two })
    expect(journal.forget.mock.calls).toEqual([[one.conditionId]])
    expect(ledger.accept).toHaveBeenCalledTimes(2)
  })
})

describe('a window that was made ready, of which nothing proves that no order is out', () => {
  const unproven = [armedOf(one, { isProof: false })]
  const taken = (change: Partial<TakerTrade> = {}): TakerTrade => ({
    ...aTrade('CONFIRMED', 5_000_000, 9_600),
    ...{ venueId: '0xabc', token: one.up, matchedAt: at(899) },
    ...change,
  })

  test('is barred where the venue knows of no trade in it', async () => {
    const { restore, takenIn } = aMemory({ armed: unproven })
    expect(await restore()).toMatchObject({ shots: [], barred: [one] })
    expect(takenIn).toHaveBeenCalledWith(one.conditionId)
  })

  test('had a shot that the venue lists only after some seconds: it was on its way, or held', async () => {
    for (const emptyAnswers of [1, 3]) {
      const { restore, takenIn, ledger } = aMemory({ armed: [...unproven, armedOf(two)] })
      for (let n = 0; n < emptyAnswers; n += 1) takenIn.mockResolvedValueOnce([])
      takenIn.mockResolvedValue([taken()])
      expect(await restore()).toMatchObject({ shots: [{ venueId: '0xabc' }], barred: [two] })
      expect(ledger.transferred).not.toHaveBeenCalled()
    }
  })

  test('had none where the venue, asked for long enough, lists none', async () => {
    const { memory, takenIn, journal } = aMemory({ armed: unproven })
    let known: Remembered | null = null
    const restoring = memory.restore().then((memories) => {
      known = memories
    })
    await vi.advanceTimersByTimeAsync(11_000)
    // Killed now, the next start must find the journal as torn as it was.
    expect([known, journal.compact.mock.calls]).toEqual([null, []])
    await vi.advanceTimersByTimeAsync(9_000)
    await restoring
    expect(takenIn.mock.calls.length).toBeGreaterThanOrEqual(4)
  })

  test('had the shot that a trade in it names', async () => {
    const { restore, takenIn, balance } = aMemory({ armed: unproven })
    takenIn.mockResolvedValue([taken({ venueId: '0xother' }), taken()])
    const { shots, barred } = await restore()
    const order = { ...anOrder(), strategy: 'forgotten', decidedAt: at(899) }
    expect(shots).toEqual([{ market: one, order, outcome: null, isNews: true, venueId: '0xabc' }])
    expect([barred, balance.mock.calls]).toEqual([[], []])
  })

  test('had the shot that its trades make, where none of the names is meant or none is known', async () => {
    for (const armed of [unproven, [armedOf(one, { isProof: false, market: null, orders: [] })]]) {
      const { restore, takenIn, marketOf } = aMemory({ armed })
      marketOf.mockReturnValue(one)
      const second = aTrade('MINED', 1_000_000, 9_700)
      takenIn.mockResolvedValue([
        taken({ venueId: '0x9', token: one.down }),
        taken({ venueId: '0x9', token: one.down, ...second }),
        taken({ venueId: '0x8' }),
      ])
      const { shots } = await restore()
      expect(shots).toHaveLength(1)
      expect(shots[0]).toMatchObject({ venueId: '0x9', isNews: true, outcome: null })
      expect(shots[0]?.order).toMatchObject({
        ...{ id: `${one.slug}/1`, side: 'DOWN', token: one.down },
        ...{ limit: 9_700, spend: 4_800_000 + 970_000, shares: 6_000_000 },
      })
    }
  })

  test('is no start where the venue cannot be asked, and its money is not called moved', async () => {
    const { memory, takenIn, ledger, holds } = aMemory({ armed: unproven })
    takenIn.mockRejectedValue(new Error('502'))
    holds(CASH - PAYOUT)
    const refused = expect(memory.restore()).rejects.toThrow(
      new RegExp(`^the venue could not be asked whether an order of ${one.slug} had left .*502`),
    )
    await vi.advanceTimersByTimeAsync(60_000)
    await refused
    expect(ledger.transferred).not.toHaveBeenCalled()
  })

  test('that nobody can name gets no shot', async () => {
    const { restore } = aMemory({ armed: [armedOf(one, { isProof: false, market: null })] })
    const { shots, barred, settled } = await restore()
    expect([shots, barred, settled]).toEqual([[], [], [one.conditionId]])
  })

  test('is not asked for where the journal proves it', async () => {
    const { restore, takenIn } = aMemory({ armed: [armedOf()] })
    expect((await restore()).barred).toEqual([one])
    expect(takenIn).not.toHaveBeenCalled()
  })
})

describe('money', () => {
  test('that agrees is left alone', async () => {
    const { restore, ledger, refresh } = aMemory()
    expect((await restore()).cash).toBe(CASH)
    expect([ledger.transferred.mock.calls, refresh.mock.calls.length]).toEqual([[], 1])
  })

  test.each([
    [700, 'came in'],
    [-700, 'went out'],
  ])('that moved by %i meanwhile is written down', async (micro, way) => {
    const { restore, holds, ledger } = aMemory()
    holds(CASH + micro)
    expect((await restore()).cash).toBe(CASH + micro)
    expect(ledger.transferred.mock.calls).toEqual([[micro, way, expect.any(Number)]])
  })

  test('is not compared while a shot may still move it', async () => {
    for (const args of [{ known: { shots: [shotOf()] } }, { marks: [markOf()] }]) {
      const { restore, holds, ledger, balance } = aMemory(args)
      holds(0)
      expect((await restore()).cash).toBe(CASH)
      expect([ledger.transferred.mock.calls, balance.mock.calls]).toEqual([[], []])
    }
  })

  test('of wins is asked for before anything is compared', async () => {
    const { restore, holds, redeem, refresh, ledger } = aMemory({ wins: [PAYOUT, PAYOUT] })
    holds(CASH)
    expect((await restore()).cash).toBe(CASH)
    expect(redeem).toHaveBeenCalledTimes(2)
    expect(redeem.mock.invocationCallOrder[1]).toBeLessThan(
      refresh.mock.invocationCallOrder[0] ?? 0,
    )
    expect(ledger.transferred).not.toHaveBeenCalled()
  })

  test('of wins that the chain takes long for does not hold up the start, and all are asked for at once', async () => {
    const { memory, redeem, ledger, holds } = aMemory({ wins: [PAYOUT, PAYOUT, PAYOUT] })
    redeem.mockImplementation(() => new Promise(() => undefined))
    holds(CASH - 3 * PAYOUT)
    let cash: number | null = null
    const restoring = memory.restore().then((known) => {
      cash = known.cash
    })
    await vi.advanceTimersByTimeAsync(7_000)
    expect([redeem.mock.calls.length, cash]).toEqual([3, null])
    await vi.advanceTimersByTimeAsync(2_000)
    await restoring
    expect([cash, ledger.transferred.mock.calls]).toEqual([CASH, []])
  })

  test('that the venue does not show at once is waited for', async () => {
    const { restore, holds, ledger } = aMemory({ wins: [PAYOUT] })
    holds(CASH - PAYOUT, CASH)
    expect((await restore()).cash).toBe(CASH)
    expect(ledger.transferred).not.toHaveBeenCalled()
  })

  test('that changes while it is looked at is left for later', async () => {
    const { restore, holds, ledger } = aMemory()
    holds(CASH + 1, CASH + 2, CASH + 3)
    expect((await restore()).cash).toBe(CASH)
    expect(ledger.transferred).not.toHaveBeenCalled()
  })

  test('of wins that cannot be had yet is owed, and nothing is made of a difference', async () => {
    for (const answer of [() => Promise.resolve(false), () => Promise.reject(new Error('rpc'))]) {
      const { restore, holds, redeem, ledger } = aMemory({ wins: [PAYOUT] })
      redeem.mockImplementation(answer)
      for (const money of [CASH - PAYOUT, CASH, CASH + 7]) {
        holds(money)
        expect((await restore()).cash).toBe(CASH)
      }
      expect([ledger.transferred.mock.calls, ledger.redeemed.mock.calls]).toEqual([[], []])
    }
  })

  test('of wins that somebody else redeemed is known by its amount', async () => {
    const { restore, holds, ledger } = aMemory({ wins: [PAYOUT, 2 * PAYOUT], redeems: false })
    holds(CASH - PAYOUT)
    expect((await restore()).cash).toBe(CASH)
    expect(ledger.redeemed.mock.calls.map(([id]) => id)).toEqual(['0x1'])
    expect(ledger.transferred).not.toHaveBeenCalled()
  })

  test('that cannot be asked for leaves the books as they are', async () => {
    for (const which of ['balance', 'refresh'] as const) {
      const made = aMemory()
      made[which].mockRejectedValue(new Error('down'))
      expect((await made.restore()).cash).toBe(CASH)
      expect(made.log.warn).toHaveBeenCalledTimes(1)
    }
  })
})
