import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { conditionId, tokenId } from '../../../src/domain/ids.ts'
import { micros } from '../../../src/domain/units.ts'
import { createHttp } from '../../../src/net/http.ts'
import { createClobReads } from '../../../src/venues/polymarket/clob-reads.ts'
import { clobMarket, tokensOfSlug } from './gamma-events.ts'

const CLOB = 'https://clob.example'
const ID = conditionId('0xabc')

const http = createHttp({
  userAgent: 'lastsecond/test',
  timeoutMs: 5_000,
  now: () => micros(1),
  minBackOffMs: 1,
  maxBackOffMs: 2,
})
const reads = createClobReads({ http, endpoints: { clob: CLOB } })

beforeEach(() => {
  nock.disableNetConnect()
})

afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe("a market of the order book's", () => {
  test('tells hold, fee, tick and tokens', async () => {
    nock(CLOB).get('/clob-markets/0xabc').reply(200, clobMarket('slug'))
    expect(await reads.fetchClobMarket(ID)).toEqual({
      tokens: [...tokensOfSlug('slug')],
      tickSize: 0.01,
      minShares: 5,
      fee: { rate: 0.07, exponent: 1 },
      takerHold: true,
    })
  })

  test('leaves flags out when they are false, and may know no fee', async () => {
    const wire = clobMarket('slug', { itode: undefined, fd: null, t: [{ t: '' }, null] })
    nock(CLOB).get('/clob-markets/0xabc').reply(200, wire)
    expect(await reads.fetchClobMarket(ID)).toMatchObject({
      takerHold: false,
      fee: null,
      tokens: [],
    })
  })

  test('is null where the venue knows none, and an error where it answers nonsense', async () => {
    nock(CLOB).get('/clob-markets/0xabc').reply(404, { error: 'market not found' })
    expect(await reads.fetchClobMarket(ID)).toBeNull()
    nock(CLOB).get('/clob-markets/0xabc').reply(200, { t: 'no list' })
    await expect(reads.fetchClobMarket(ID)).rejects.toThrow(/0xabc cannot be read: t/)
  })
})

test('a book is handed on as it came, and asked for twice at most', async () => {
  nock(CLOB).get('/book').query({ token_id: '77' }).reply(500)
  nock(CLOB).get('/book').query({ token_id: '77' }).reply(200, { bids: [], any: 'thing' })
  expect(await reads.fetchBookJson(tokenId('77'))).toEqual({ bids: [], any: 'thing' })
  nock(CLOB).get('/book').query({ token_id: '77' }).times(2).reply(500)
  await expect(reads.fetchBookJson(tokenId('77'))).rejects.toThrow('clob.example/book answered 500')
})

test.each(['1795194290', '"1795194290"'])(
  'the time may be a number or a text: %s',
  async (body) => {
    nock(CLOB).get('/time').reply(200, body)
    expect(await reads.fetchTime()).toMatchObject({
      serverSec: 1_795_194_290,
      sentAt: 1,
      recvAt: 1,
    })
  },
)

test.each(['{"time":1}', '0', '"soon"', 'null'])('no time at all is named: %s', async (body) => {
  nock(CLOB).get('/time').reply(200, body)
  await expect(reads.fetchTime()).rejects.toThrow(/not a number of seconds/)
})
