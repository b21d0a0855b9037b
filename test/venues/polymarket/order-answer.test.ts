/** What is read into the venue's answers: every sentence that is known of it, and whatever else may come. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import type { WireAnswer } from '../../../src/net/order-wire.ts'
import { readOrderAnswer } from '../../../src/venues/polymarket/order-answer.ts'

const ID = `0x${'7'.repeat(64)}`
const NOW = micros(1)

function answer(status: number, body: unknown): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    kind: 'answer',
    status,
    headers: {},
    body: text,
    wroteAt: NOW,
    firstByteAt: NOW,
    doneAt: NOW,
  }
}
const kind = (status: number, body: unknown) => readOrderAnswer(answer(status, body)).kind
const error = (status: number, said: unknown) => kind(status, { error: said })

const MATCHED = {
  success: true,
  errorMsg: '',
  orderID: ID,
  status: 'matched',
  makingAmount: '4.849999',
  takingAmount: '5.052083',
  tradeIDs: ['0198f0aa'],
  transactionsHashes: [],
}

describe('an order that was taken', () => {
  test.each([
    ['4.849999', '5.052083', 4_849_999, 5_052_083],
    ['5', '5', 5_000_000, 5_000_000],
    ['4.85', '5.000000', 4_850_000, 5_000_000],
    // In millionths, as one of the examples counts.
    ['4850000', '5000000', 4_850_000, 5_000_000],
    ['495', '500', 495_000_000, 500_000_000],
  ])('matched %s for %s', (makingAmount, takingAmount, gave, got) => {
    const read = readOrderAnswer(answer(200, { ...MATCHED, makingAmount, takingAmount }))
    expect(read).toEqual({ kind: 'matched', venueId: ID, gave, got, tradeIds: ['0198f0aa'] })
  })

  test.each([
    { tradeIDs: null },
    { errorMsg: null },
    { errorMsg: undefined, tradeIDs: undefined },
    { somethingNew: 1 },
  ])('matched with %j', (change) => {
    expect(kind(200, { ...MATCHED, ...change })).toBe('matched')
  })

  test('it may wait', () => {
    const waits = { ...MATCHED, status: 'live', makingAmount: '', takingAmount: '' }
    expect(readOrderAnswer(answer(200, waits))).toEqual({ kind: 'waits', venueId: ID })
  })

  test('another id is read as it is', () => {
    expect(readOrderAnswer(answer(200, { ...MATCHED, orderID: '0xother' }))).toMatchObject({
      venueId: '0xother',
    })
  })

  test.each([
    { status: 'delayed', makingAmount: '', takingAmount: '' },
    { status: 'unmatched' },
    { status: 'MATCHED' },
    { status: '' },
    { makingAmount: '' },
    { takingAmount: '' },
    { makingAmount: '0' },
    { takingAmount: '0.000000' },
    { makingAmount: null },
    { makingAmount: '4,85' },
    { makingAmount: '-4.85' },
    { makingAmount: '4.8500001' },
    { makingAmount: '1e3' },
    { makingAmount: 4.85 },
    { orderID: 7 },
    { success: 'true' },
    { success: undefined },
    { errorMsg: 'something of it went wrong' },
    { errorMsg: 'order match delayed', status: '' },
    { success: false, errorMsg: 'it is not quite right' },
    { success: false, errorMsg: 'order is invalid. Duplicated.' },
  ])('may be alive with %j', (change) => {
    expect(kind(200, { ...MATCHED, ...change })).toBe('unknown')
  })
})

/** The sentences of the venue's list of errors. */
const DEAD: readonly [number, string][] = [
  [401, 'Unauthorized/Invalid api key'],
  [401, 'Invalid L1 Request headers'],
  [400, 'Invalid order payload'],
  [400, 'the order owner has to be the owner of the API KEY'],
  [400, 'the order signer address has to be the address of the API KEY'],
  [400, "'0x0000000000000000000000000000000000000001' address banned"],
  [400, "'0x0000000000000000000000000000000000000001' address in closed only mode"],
  [400, 'order_version_mismatch'],
  [400, 'maker address not allowed, please use the deposit wallet flow'],
  [400, `order ${ID} is invalid. Price (0.9955) breaks minimum tick size rule: 0.01`],
  [400, `order ${ID} is invalid. Size (4) lower than the minimum: 5`],
  [400, 'invalid amount for a marketable BUY order ($0.98), min size: $1'],
  [
    400,
    'invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals, taker amount a max of 4 decimals',
  ],
  [
    400,
    'invalid amounts, the buy orders maker amount supports a max accuracy of 4 decimals, taker amount a max of 2 decimals',
  ],
  [
    400,
    "invalid amounts, the taker amount for a $0.22 order of size 19.69 should be '4.3318' but the value submited is '4.33'",
  ],
  [400, 'not enough balance / allowance'],
  [
    400,
    'not enough balance / allowance: the balance is not enough -> balance: 8100, order amount: 5140070',
  ],
  [400, 'not enough balance / allowance: balance: 1, sum of matched orders: 2, order amount: 3'],
  [400, 'invalid expiration'],
  [400, 'invalid post-only order: order crosses book'],
  [400, `order ${ID} crosses the book`],
  [400, 'order canceled in the CTF exchange contract'],
  [400, 'the market is not yet ready to process new orders'],
  [400, 'the orderbook 7269 does not exist'],
  [425, 'the matching engine is restarting'],
  [429, 'Too Many Requests'],
  [500, 'order timed out'],
  [503, 'Trading is currently disabled. Check polymarket.com for updates'],
  [503, 'Trading is currently cancel-only. New orders are not accepted, but cancels are allowed.'],
  [503, 'post-only mode: only post-only orders and cancels are allowed'],
  [400, 'Invalid token id'],
  [400, 'Invalid payload'],
  [400, 'Payload exceeds the limit'],
  [400, 'Invalid side'],
  [400, 'Invalid orderID'],
  [404, 'No orderbook exists for the requested token id'],
  [404, 'market not found'],
  [400, 'INVALID_ORDER_MIN_TICK_SIZE'],
  [400, 'INVALID_ORDER_MIN_SIZE'],
  [400, 'INVALID_ORDER_NOT_ENOUGH_BALANCE'],
  [400, 'MARKET_NOT_READY'],
]
const MISSED: readonly [number, string][] = [
  [400, "order couldn't be fully filled. FOK orders are fully filled or killed."],
  [
    400,
    'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
  ],
  [500, 'there are no matching orders'],
  [500, 'FOK orders are filled or killed'],
  [400, 'FOK_ORDER_NOT_FILLED_ERROR'],
]
const ALIVE: readonly [number, string][] = [
  [400, `order ${ID} is invalid. Duplicated.`],
  [400, `order ${ID} already exists`],
  [400, 'order match delayed due to market conditions'],
  [400, 'INVALID_ORDER_DUPLICATED'],
  [400, 'ORDER_DELAYED'],
  [400, 'DELAYING_ORDER_ERROR'],
  [400, 'EXECUTION_ERROR'],
  [400, 'context canceled'],
  [400, 'context deadline exceeded'],
  [404, 'order timed out, not found'],
  [400, 'internal error'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [499, 'Client Closed Request'],
  [307, 'Temporary Redirect'],
  [500, 'the trade contains rounding issues'],
  [
    500,
    "the price of the taker's order has a discrepancy greater than allowed with the worst maker order",
  ],
  [500, 'Internal Server Error'],
  [500, 'could not insert order'],
  [502, 'Bad Gateway'],
  [502, 'order timed out'],
  [503, 'Service Unavailable'],
  [503, 'upstream connect error'],
  [504, 'Gateway Timeout'],
  [520, 'Unknown Error'],
]

describe('a sentence of refusal', () => {
  test.each(DEAD)('%i %s: not taken', (status, said) => {
    expect(error(status, said)).toBe('refused')
    expect(error(status, said.toUpperCase())).toBe('refused')
  })
  test.each(MISSED)('%i %s: looked at and killed', (status, said) => {
    expect(error(status, said)).toBe('killed')
  })
  test.each(ALIVE)('%i %s: nobody knows', (status, said) => {
    expect(error(status, said)).toBe('unknown')
  })

  // The same sentences come with 200, in place of an id.
  test.each(
    [
      ...DEAD.map((one) => ['refused', ...one] as const),
      ...MISSED.map((one) => ['killed', ...one] as const),
    ].filter(([, status]) => status === 400),
  )('%s: %i %s, also with 200', (expected, _status, errorMsg) => {
    const nothing = { errorMsg, orderID: '', status: '', makingAmount: '', takingAmount: '' }
    expect(kind(200, { success: true, ...nothing })).toBe(expected)
    expect(kind(200, { success: false, ...nothing })).toBe(expected)
    expect(kind(200, { success: false, error: errorMsg })).toBe(expected)
  })
  test.each(ALIVE.filter(([status]) => status === 400))(
    '%i %s, with 200 as little as otherwise',
    (_status, errorMsg) => {
      expect(kind(200, { success: true, errorMsg, orderID: '', status: '' })).toBe('unknown')
      expect(kind(200, { success: false, errorMsg, orderID: '' })).toBe('unknown')
      expect(kind(200, { success: false, error: errorMsg })).toBe('unknown')
    },
  )

  test('an error that is an object is read, too', () => {
    expect(error(400, { message: 'Invalid order payload' })).toBe('refused')
    expect(error(503, { message: 'x', code: 'y' })).toBe('unknown')
    expect(kind(503, { error: 'post-only mode: only', code: 'post_only_mode' })).toBe('refused')
  })

  test('its reason says the status and the sentence', () => {
    expect(readOrderAnswer(answer(400, { error: 'Invalid side' }))).toEqual({
      kind: 'refused',
      reason: 'HTTP 400: Invalid side',
    })
  })
})

describe('no word of the venue', () => {
  const PAGE = '<!DOCTYPE html><title>Attention</title>'
  test.each([
    [401, PAGE, 'refused'],
    [403, PAGE, 'refused'],
    [425, '', 'refused'],
    [429, 'error code: 1015', 'refused'],
    [200, PAGE, 'unknown'],
    [200, '', 'unknown'],
    [200, 'null', 'unknown'],
    [200, '[]', 'unknown'],
    [200, '"OK"', 'unknown'],
    [200, JSON.stringify(MATCHED).slice(0, 60), 'unknown'],
    [200, '{"error":"Invalid side"}', 'unknown'],
    [200, '{"success":false}', 'unknown'],
    [201, JSON.stringify(MATCHED), 'unknown'],
    [204, '', 'unknown'],
    [302, PAGE, 'unknown'],
    [400, '{"error":"Invalid si', 'unknown'],
    [400, '{"error":""}', 'unknown'],
    [400, '{}', 'unknown'],
    [404, PAGE, 'unknown'],
    [408, '', 'unknown'],
    [500, PAGE, 'unknown'],
    [502, PAGE, 'unknown'],
    [503, PAGE, 'unknown'],
    [504, PAGE, 'unknown'],
    [524, PAGE, 'unknown'],
  ])('%i %s: %s', (status, body, expected) => {
    expect(kind(status, body)).toBe(expected)
  })

  test('a page is not quoted, and a long body is cut', () => {
    const page = readOrderAnswer(answer(502, PAGE))
    expect(page).toMatchObject({ reason: 'HTTP 502: a web page' })
    const long = readOrderAnswer(answer(502, 'x'.repeat(10_000)))
    expect(JSON.stringify(long).length).toBeLessThan(300)
  })

  test('what was not sent is dead, and what was sent and lost is not', () => {
    const lost = (unsent: boolean): WireAnswer => ({
      kind: 'lost',
      reason: 'cut',
      unsent,
      wroteAt: null,
    })
    expect(readOrderAnswer(lost(true)).kind).toBe('refused')
    expect(readOrderAnswer(lost(false)).kind).toBe('unknown')
  })
})

test('whatever comes is answered, and without a clear word never as dead', () => {
  const clear = [401, 403, 425, 429]
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }).filter((status) => !clear.includes(status)),
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({ success: fc.boolean(), orderID: fc.constant(ID), status: fc.string() })
          .map((one) => JSON.stringify(one)),
        fc
          .nat(JSON.stringify(MATCHED).length - 1)
          .map((cut) => JSON.stringify(MATCHED).slice(0, cut)),
      ),
      (status, body) => {
        fc.pre(!/"(error|errorMsg)"/.test(body) || body.startsWith('{"success"'))
        expect(kind(status, body)).toBe('unknown')
      },
    ),
  )
})
