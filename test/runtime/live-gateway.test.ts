/** The gateway of live orders, between a wire, a journal and a venue that say what they are told to, in time that is moved by hand. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Submit } from '../../src/domain/commands.ts'
import type { OrderOutcome, RestoredShot } from '../../src/domain/events.ts'
import type { Rung, SubmitOutcome } from '../../src/domain/order.ts'
import { micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { rungsOf } from '../../src/engine/ladder.ts'
import type { WireAnswer } from '../../src/net/order-wire.ts'
import type { PreparedPost } from '../../src/net/prepared-post.ts'
import { createLiveGateway, type LiveGatewayDeps } from '../../src/runtime/live-gateway.ts'
import type { OrderDraft } from '../../src/venues/polymarket/signer.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount, anOrder } from '../support/live.ts'

const market = aMarket()
const BEGIN = at(840)
const order = anOrder()
const submit: Submit = { kind: 'submit', order, market }
const MAX_AGE_MS = 90_000

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

/** The ladder of five shares up to 0.99. */
function rungs(tick = 100): Rung[] {
  return rungsOf(market, { UP: tick, DOWN: tick }, { shares: order.shares, highest: ticks(9_900) })
}

function aGateway(change: Partial<LiveGatewayDeps> = {}) {
  /** What was done, in order. */
  const steps: string[] = []
  const sent: { readonly request: string; answer(answer: WireAnswer): void }[] = []
  const told: OrderOutcome[] = []
  const drafts: OrderDraft[] = []
  const log = aLog()
  const account = anAccount()
  const fates = {
    follow: vi.fn(),
    resume: vi.fn(),
    bury: vi.fn(),
    nudge: vi.fn(),
    nudgeAll: vi.fn(),
    close: vi.fn(() => void steps.push('fates closed')),
  }
  const quotes = {
    place: vi.fn(),
    withdraw: vi.fn(),
    withdrawMarket: vi.fn(),
    withdrawAll: vi.fn(),
    resume: vi.fn(),
    nudge: vi.fn(),
    nudgeAll: vi.fn(),
    close: vi.fn(() => Promise.resolve(false)),
  }
  let salt = 0
  const sign = (draft: OrderDraft) => {
    drafts.push(draft)
    return { venueId: `0xid${draft.salt}`, body: `{"salt":${draft.salt}}` }
  }
  const wire = {
    send: vi.fn((request: Buffer, answer: (answer: WireAnswer) => void) => {
      steps.push('sent')
      sent.push({ request: request.toString(), answer })
    }),
    ready: () => true,
    quiet: vi.fn(),
    rehearse: vi.fn(),
    close: vi.fn(async () => void steps.push('wire closed')),
  }
  const journal = {
    armed: vi.fn(() => Promise.resolve()),
    mark: vi.fn((venueId: string) => void steps.push(`marked ${venueId}`)),
    sync: vi.fn(),
    rehearse: vi.fn(),
    forget: vi.fn(),
    compact: vi.fn(),
    before: { marks: [], armed: [] },
    close: vi.fn(() => void steps.push('journal closed')),
  }
  const ahead = {
    sign: vi.fn((all: readonly OrderDraft[]) => Promise.resolve(all.map(sign))),
    close: vi.fn(async () => void steps.push('signer closed')),
  }
  const inline = vi.fn(sign)
  const now = () => micros(BEGIN + Date.now() * 1_000)
  const shot = vi.fn()
  const nameless = vi.fn()
  const gateway = createLiveGateway({
    wire,
    journal,
    signer: { address: '0xa', maker: '0xa', sign: inline },
    ahead,
    account,
    fates,
    quotes,
    nameless,
    prepare: (body) => ({
      body: Buffer.from(body),
      stamp: (sec) => Buffer.from(`${sec} ${body}`),
      foresee: () => undefined,
    }),
    owner: 'key',
    maxSignedAgeMs: MAX_AGE_MS,
    now,
    venueNow: now,
    salt: () => (salt += 1),
    emit: (event) => void told.push(event as OrderOutcome),
    rehearseDecision: () => undefined,
    log,
    shot,
    ...change,
  })
  const arm = async (all = rungs(), from = at(899), window = market) => {
    gateway.arm({ kind: 'arm', market: window, rungs: all, from })
    await vi.advanceTimersByTimeAsync(0)
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  return {
    ...{ gateway, arm, pass, steps, sent, told, drafts, log, account, fates, wire, journal },
    ...{ ahead, inline, shot, nameless, quotes },
  }
}

function says(status: number, body: unknown): WireAnswer {
  const times = { wroteAt: BEGIN, firstByteAt: BEGIN, doneAt: BEGIN }
  return { kind: 'answer', status, body: JSON.stringify(body), headers: {}, ...times }
}
const lost = (unsent: boolean): WireAnswer => ({
  kind: 'lost',
  unsent,
  reason: 'cut',
  wroteAt: null,
})
const matched = (orderID: string, makingAmount = '4.85', takingAmount = '5') =>
  says(200, { success: true, errorMsg: '', orderID, status: 'matched', makingAmount, takingAmount })

describe('a shot', () => {
  test('that was signed ahead is marked, then sent, and signs nothing', async () => {
    const { gateway, arm, steps, sent, inline, drafts } = aGateway()
    await arm()
    gateway.submit(submit)
    const draft = drafts.find(
      ({ makerAmount, token }) => makerAmount === order.spend && token === order.token,
    )
    expect(draft).toMatchObject({
      takerAmount: order.shares,
      version: 'v1',
      owner: 'key',
      timestampMs: BEGIN / 1_000,
    })
    expect(steps).toEqual([`marked 0xid${draft?.salt}`, 'sent'])
    expect(sent[0]?.request).toBe(`${BEGIN / 1_000_000} {"salt":${draft?.salt}}`)
    expect(inline).not.toHaveBeenCalled()
  })

  test('that was not made ready signs for itself', () => {
    const { gateway, steps, inline } = aGateway()
    gateway.submit(submit)
    expect(inline).toHaveBeenCalledTimes(1)
    expect(steps).toEqual(['marked 0xid1', 'sent'])
  })

  test('for another price, size or token than what was made ready signs for itself', async () => {
    const { gateway, arm, inline } = aGateway()
    await arm()
    for (const change of [
      { limit: ticks(9_710) },
      { spend: microUsdc(4_860_000) },
      { token: aMarket().down, limit: ticks(100) },
    ])
      gateway.submit({ ...submit, order: anOrder(change) })
    expect(inline).toHaveBeenCalledTimes(3)
  })

  test('with a signature that is too old signs anew; at the limit it does not', async () => {
    const { gateway, arm, inline, pass } = aGateway()
    const far = { ...submit, market: { ...market, endAt: at(3_000) } }
    await arm(rungs(), at(2_000), far.market)
    await pass(MAX_AGE_MS)
    gateway.submit(far)
    expect(inline).toHaveBeenCalledTimes(0)
    await arm(rungs(), at(2_000), far.market)
    await pass(MAX_AGE_MS + 1)
    gateway.submit(far)
    expect(inline).toHaveBeenCalledTimes(1)
  })

  test('never uses a signature twice', async () => {
    const { gateway, arm, journal, inline } = aGateway()
    await arm()
    gateway.submit(submit)
    gateway.submit({ ...submit, order: anOrder({}, market) })
    const ids = journal.mark.mock.calls.map(([venueId]) => venueId)
    expect(new Set(ids).size).toBe(2)
    expect(inline).toHaveBeenCalledTimes(1)
  })

  test('that cannot be marked, signed or stamped does not leave, and is told as refused', () => {
    const broken: Partial<LiveGatewayDeps>[] = [
      { signer: { address: '', maker: '', sign: () => fail('no key') } },
      { prepare: () => fail('no secret') },
      {
        prepare: (body) => ({
          body: Buffer.from(body),
          stamp: () => fail('no time'),
          foresee: () => fail('no time'),
        }),
      },
    ]
    const full = aGateway()
    full.journal.mark.mockImplementation(() => fail('the disk is full'))
    for (const { gateway, wire, told, log } of [full, ...broken.map((one) => aGateway(one))]) {
      expect(() => gateway.submit(submit)).not.toThrow()
      expect(wire.send).not.toHaveBeenCalled()
      expect(told.map(({ outcome }) => outcome.state)).toEqual(['rejected'])
      expect(log.error).toHaveBeenCalledTimes(1)
    }
  })

  test('is recorded with how it was signed', async () => {
    const { gateway, arm, sent, shot } = aGateway()
    gateway.submit(submit)
    await arm()
    gateway.submit(submit)
    for (const { answer } of sent) answer(lost(false))
    expect(shot.mock.calls.map(([record]) => (record as { signed: string }).signed)).toEqual([
      'inline',
      'ahead',
    ])
  })
})

describe('an order that waits', () => {
  const waits = anOrder({ kind: 'GTC', postOnly: true })

  test('is marked before it is handed over, with its body ready, and never takes the way of a shot', () => {
    const { gateway, steps, quotes, wire, journal } = aGateway()
    quotes.place.mockImplementation(({ venueId }) => void steps.push(`placed ${venueId}`))
    for (let count = 0; count < 2; count += 1) gateway.submit({ ...submit, order: waits })
    expect(steps).toEqual(['marked 0xid1', 'placed 0xid1', 'marked 0xid2', 'placed 0xid2'])
    const posts = quotes.place.mock.calls.map(([, post]) => (post as PreparedPost).body.toString())
    expect(posts).toEqual(['{"salt":1}', '{"salt":2}'])
    expect([wire.send.mock.calls.length, journal.sync.mock.calls.length]).toEqual([0, 2])
  })

  test('that cannot be marked is refused, and what was placed before it in the turn stays', () => {
    const { gateway, quotes, journal, told } = aGateway()
    gateway.submit({ ...submit, order: waits })
    journal.mark.mockImplementation(() => fail('the disk is full'))
    gateway.submit({ ...submit, order: waits })
    expect(quotes.place).toHaveBeenCalledTimes(1)
    expect(told.map(({ outcome }) => outcome.state)).toEqual(['rejected'])
  })

  test('is withdrawn by its name, or with its market', () => {
    const { gateway, quotes } = aGateway()
    gateway.cancel({ kind: 'cancel', order: waits })
    const { conditionId } = market
    gateway.cancelMarket({ kind: 'cancel_market', conditionId, orders: [waits] })
    expect(quotes.withdraw.mock.calls).toEqual([[waits.id]])
    expect(quotes.withdrawMarket.mock.calls).toEqual([[market.conditionId]])
  })
})

function fail(why: string): never {
  throw new Error(why)
}

describe('making ready', () => {
  test('is on the disk, by the names of all its orders, before any of them can be sent', async () => {
    const { gateway, arm, journal, inline } = aGateway()
    journal.armed.mockReturnValue(new Promise(() => undefined))
    await arm()
    expect(journal.armed).toHaveBeenCalledWith(
      market,
      rungs().map((rung, at) => ({ ...rung, venueId: `0xid${at + 1}` })),
    )
    gateway.submit(submit)
    expect(inline).toHaveBeenCalledTimes(1)
  })

  test.each(['sign', 'armed'] as const)(
    'that fails (%s) is said, and the shot leaves all the same',
    async (which) => {
      const { gateway, arm, ahead, journal, wire, log } = aGateway()
      if (which === 'sign') ahead.sign.mockRejectedValue(new Error('thread'))
      else journal.armed.mockRejectedValue(new Error('disk'))
      await arm()
      expect(log.error).toHaveBeenCalledTimes(1)
      gateway.submit(submit)
      expect(wire.send).toHaveBeenCalledTimes(1)
    },
  )

  test('again, on another grid, replaces what was ready', async () => {
    const { gateway, arm, inline, drafts } = aGateway()
    await arm()
    const fine = anOrder({ limit: ticks(9_710), spend: microUsdc(4_860_000) })
    await arm(rungs(10))
    const before = drafts.length
    gateway.submit({ ...submit, order: fine })
    gateway.submit(submit)
    expect([inline.mock.calls.length, drafts.length]).toEqual([0, before])
  })

  test('hushes the wire for the last seconds and rehearses the path, once, until the close', async () => {
    const { arm, pass, wire } = aGateway()
    await arm(rungs(), at(899))
    await arm(rungs(10), at(899))
    await pass(55_999)
    expect([wire.quiet.mock.calls, wire.rehearse.mock.calls.length]).toEqual([[], 0])
    await pass(1_001)
    expect(wire.quiet.mock.calls).toEqual([[true]])
    expect(wire.rehearse.mock.calls.length).toBe(200)
    // The loop stays awake from just before a shot may be wanted, and the path is warmer still.
    await pass(10_000)
    expect(wire.quiet.mock.calls).toEqual([[true], [false]])
    expect(wire.rehearse.mock.calls.length).toBeGreaterThan(800)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('two windows that close together are hushed until the later one', async () => {
    const { gateway, arm, pass, wire } = aGateway()
    await arm(rungs(), at(899))
    const other = aMarket({ conditionId: `0x${'d'.repeat(64)}` as never, endAt: at(901) })
    gateway.arm({ kind: 'arm', market: other, rungs: rungs(), from: at(900) })
    await pass(60_500)
    expect(wire.quiet.mock.calls).toEqual([[true]])
    await pass(1_000)
    expect(wire.quiet.mock.calls).toEqual([[true], [false]])
  })

  test('rehearses the way of the bytes also where the decision breaks', async () => {
    const rehearseDecision = vi.fn(() => {
      throw new Error('a decision that breaks')
    })
    const { arm, pass, wire } = aGateway({ rehearseDecision })
    await arm(rungs(), at(899))
    await pass(59_000)
    expect(wire.rehearse.mock.calls.length).toBeGreaterThan(100)
    expect(rehearseDecision.mock.calls.length).toBeGreaterThan(10_000)
  })

  test('rehearses what is ready in turn, and now and then a signature of an order for nothing', async () => {
    const { gateway, arm, pass, wire, journal, inline } = aGateway()
    await arm(rungs(), at(899))
    await pass(59_000)
    const orders = journal.rehearse.mock.calls.map(([venueId]) => venueId)
    expect(new Set(orders).size).toBeGreaterThan(rungs().length)
    expect(inline.mock.calls.length).toBeGreaterThan(10)
    for (const [{ token, makerAmount, takerAmount }] of inline.mock.calls)
      expect([token, makerAmount, takerAmount]).toEqual(['0', 0, 0])
    // The bytes of a shot may still be on their way: from then on only nothing is rehearsed.
    gateway.submit(submit)
    wire.rehearse.mockClear()
    inline.mockClear()
    await pass(500)
    expect(wire.rehearse.mock.calls.length).toBeGreaterThan(50)
    expect(inline).toHaveBeenCalledTimes(wire.rehearse.mock.calls.length)
  })

  test('works out the stamps of the second to come', async () => {
    const foresee = vi.fn()
    const stamp = vi.fn(() => Buffer.from('x'))
    const prepare = (body: string) => ({ body: Buffer.from(body), stamp, foresee })
    const { arm, pass } = aGateway({ prepare })
    await arm(rungs(), at(899))
    await pass(59_500)
    const last = stamp.mock.lastCall as unknown as [number]
    expect(foresee.mock.lastCall).toEqual([last[0] + 1])
  })

  test('a rehearsal that fails stops nobody', async () => {
    const { arm, pass, wire } = aGateway({
      signer: { address: '', maker: '', sign: () => fail('!') },
    })
    await arm(rungs(), at(899))
    await pass(59_500)
    expect(wire.rehearse.mock.calls.length).toBeGreaterThan(100)
  })

  test('after the close of the window nothing of it is ready any more', async () => {
    const { gateway, arm, pass, inline } = aGateway()
    await arm()
    await pass(61_000)
    const rehearsed = inline.mock.calls.length
    gateway.submit(submit)
    expect(inline).toHaveBeenCalledTimes(rehearsed + 1)
  })
})

describe('an answer', () => {
  test.each<[string, WireAnswer, string[], string]>([
    ['matched', matched('0xid1'), [], 'follow'],
    ['matched, the id in capitals', matched('0xID1'), [], 'follow'],
    ['with another id', matched('0xid2'), ['unknown'], 'follow'],
    ['without an id', matched(''), ['unknown'], 'follow'],
    ['with more dollars than were signed', matched('0xid1', '4.850001'), ['unknown'], 'follow'],
    ['killed', says(400, { error: "order couldn't be fully filled" }), ['killed'], 'bury'],
    ['refused', says(400, { error: 'not enough balance / allowance' }), ['rejected'], 'bury'],
    ['a page', says(502, '<html>'), ['unknown'], 'follow'],
    ['duplicated', says(400, { error: 'order is invalid. Duplicated.' }), ['unknown'], 'follow'],
    ['lost on the way', lost(false), ['unknown'], 'follow'],
    ['never sent', lost(true), ['rejected'], ''],
  ])('%s', (_what, answer, states, handed) => {
    const { gateway, sent, told, fates, wire } = aGateway()
    gateway.submit(submit)
    sent[0]?.answer(answer)
    expect(told.map(({ outcome }) => outcome.state)).toEqual(states)
    expect(told.every(({ venueId, orderId }) => venueId === '0xid1' && orderId === order.id)).toBe(
      true,
    )
    const shot = { venueId: '0xid1', order, market, sentAt: BEGIN }
    expect(fates.follow.mock.calls.length).toBe(handed === 'follow' ? 1 : 0)
    expect(fates.bury.mock.calls).toEqual(handed === 'bury' ? [[shot]] : [])
    if (handed === 'follow')
      expect(fates.follow).toHaveBeenCalledWith(
        shot,
        states.length === 0 ? { spent: 4_850_000, shares: 5_000_000 } : null,
      )
    // Whatever came: nothing is sent a second time.
    expect(wire.send).toHaveBeenCalledTimes(1)
  })
})

describe('after a restart', () => {
  const restored = (outcome: SubmitOutcome | null, venueId: string | null): RestoredShot => ({
    market,
    order,
    outcome,
    isNews: false,
    venueId,
  })
  const filled = (finality: 'matched' | 'confirmed'): SubmitOutcome => ({
    state: 'filled',
    fills: [],
    shares: order.shares,
    cost: order.spend,
    fee: microUsdc(10_190),
    finality,
  })

  test.each<SubmitOutcome>([
    filled('confirmed'),
    { state: 'killed', reason: '' },
    { state: 'rejected', reason: '' },
    { state: 'reverted', reason: '' },
  ])('what is over is left alone: %j', (outcome) => {
    const { gateway, told, fates } = aGateway()
    gateway.recover([restored(outcome, '0xid9'), restored(outcome, null)])
    expect([told, fates.resume.mock.calls]).toEqual([[], []])
  })

  test.each<SubmitOutcome | null>([null, { state: 'unknown', reason: '' }, filled('matched')])(
    'what is open is followed with what is known: %j',
    (outcome) => {
      const { gateway, told, fates, wire } = aGateway()
      gateway.recover([restored(outcome, '0xid9')])
      const shot = { venueId: '0xid9', order, market, sentAt: order.decidedAt }
      expect(fates.resume.mock.calls).toEqual([[shot, outcome]])
      expect([told, wire.send.mock.calls]).toEqual([[], []])
    },
  )

  test('what has no name is looked for: that its line is gone proves nothing', () => {
    const { gateway, told, fates, nameless } = aGateway()
    gateway.recover([restored(null, null)])
    expect(nameless.mock.calls).toEqual([[restored(null, null)]])
    expect([told, fates.resume.mock.calls]).toEqual([[], []])
  })
})

describe('the end', () => {
  test('waits for the answer of a shot and for what is withdrawn, then closes the journal last', async () => {
    const { gateway, sent, steps, account, told, pass } = aGateway()
    let withdrawn: () => void = () => undefined
    account.cancelAll.mockReturnValueOnce(new Promise((resolve) => (withdrawn = resolve)))
    gateway.cancelAll()
    gateway.cancelAll()
    gateway.submit(submit)
    let isClosed = false
    const closing = gateway.close().then(() => (isClosed = true))
    await pass(5_000)
    expect(steps).not.toContain('fates closed')
    sent[0]?.answer(says(400, { error: "couldn't be fully filled" }))
    await pass(0)
    expect(told.at(-1)?.outcome.state).toBe('killed')
    expect([steps.includes('wire closed'), isClosed]).toEqual([false, false])
    withdrawn()
    await closing
    expect(steps.slice(-4)).toEqual([
      'fates closed',
      'wire closed',
      'signer closed',
      'journal closed',
    ])
  })

  test('leaves no timer behind, also when a window was just being made ready', async () => {
    const { gateway, arm, journal, pass, log, ahead } = aGateway()
    await arm()
    let written: () => void = () => undefined
    journal.armed.mockReturnValueOnce(new Promise((resolve) => (written = resolve)))
    const other = aMarket({ conditionId: `0x${'d'.repeat(64)}` as never })
    gateway.arm({ kind: 'arm', market: other, rungs: rungs(), from: at(899) })
    await pass(0)
    await gateway.close()
    written()
    ahead.sign.mockRejectedValue(new Error('the signing thread has ended'))
    await arm()
    expect([vi.getTimerCount(), log.error.mock.calls.length]).toEqual([0, 0])
  })

  test('what cannot be withdrawn is said', async () => {
    const { gateway, account, log } = aGateway()
    account.cancelAll.mockRejectedValue(new Error('503'))
    gateway.cancelAll()
    await gateway.close()
    expect(log.error).toHaveBeenCalledTimes(1)
  })
})
