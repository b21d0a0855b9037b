import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nowMicros } from '../../src/net/clock.ts'
import { createHttp, HttpStatusError } from '../../src/net/http.ts'

const HOST = 'https://gamma.example'
const http = createHttp({
  userAgent: 'lastsecond/test',
  timeoutMs: 300,
  now: nowMicros,
  backoffMinMs: 1,
})

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('a read', () => {
  test('sends a User-Agent and gives the JSON with its times', async () => {
    nock(HOST, { reqheaders: { 'user-agent': 'lastsecond/test' } })
      .get('/a')
      .reply(200, { ok: 1 }, { date: 'Fri, 20 Nov 2026 17:00:00 GMT' })
    const answer = await http.getJson(`${HOST}/a`)
    expect(answer).toMatchObject({ json: { ok: 1 }, date: 'Fri, 20 Nov 2026 17:00:00 GMT' })
    expect(answer.recvAt).toBeGreaterThanOrEqual(answer.sentAt)
    expect(http.roundTrip()?.p99Micros).toBeGreaterThan(0)
  })

  test.each([500, 502, 503, 425, 429])('%i is tried again', async (status) => {
    nock(HOST).get('/a').reply(status, 'busy', { 'retry-after': '0' })
    nock(HOST).get('/a').reply(200, '7')
    expect((await http.getJson(`${HOST}/a`)).json).toBe(7)
  })

  test('a cut connection is tried again, and a lasting one is one sentence with host and path', async () => {
    nock(HOST)
      .get('/a')
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
    nock(HOST).get('/a').reply(200, '7')
    expect((await http.getJson(`${HOST}/a`)).json).toBe(7)
    nock(HOST).get('/b').query(true).times(4).replyWithError('connect ECONNREFUSED')
    await expect(http.getJson(`${HOST}/b?secret=1`)).rejects.toThrow(
      /^gamma\.example\/b cannot be reached: .*ECONNREFUSED/,
    )
  })

  test('404 is an answer at once, with its status', async () => {
    const scope = nock(HOST).get('/a').reply(404, 'no such thing')
    await expect(http.getJson(`${HOST}/a`)).rejects.toMatchObject({
      name: 'HttpStatusError',
      status: 404,
    })
    await expect(http.getJson(`${HOST}/a`)).rejects.not.toBeInstanceOf(HttpStatusError)
    expect(scope.isDone()).toBe(true)
  })

  test.each([
    ['<html><body>Attention</body></html>', /HTML instead of JSON/],
    ['{"half":', /half a JSON text/],
  ])('%s is named for what it is', async (body, message) => {
    nock(HOST).get('/a').times(4).reply(200, body)
    await expect(http.getJson(`${HOST}/a`)).rejects.toThrow(message)
  })

  test('silence ends with a time-out, and an abort ends it at once', async () => {
    nock(HOST).get('/slow').times(2).delay(2_000).reply(200, '1')
    await expect(http.getJson(`${HOST}/slow`, { attempts: 1 })).rejects.toThrow(
      /did not answer in time/,
    )
    const abort = new AbortController()
    const read = http.getJson(`${HOST}/slow`, { signal: abort.signal })
    abort.abort()
    await expect(read).rejects.toThrow()
  })

  test('a wish to wait for longer than we would is not waited for', async () => {
    nock(HOST).get('/a').reply(429, 'later', { 'retry-after': '3600' })
    await expect(http.getJson(`${HOST}/a`)).rejects.toMatchObject({ status: 429 })
  })
})
