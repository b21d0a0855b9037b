import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { micros } from '../../src/domain/units.ts'
import { createHttp, type HttpDeps, HttpError, isNotFound } from '../../src/net/http.ts'

const HOST = 'https://gamma.example'

beforeEach(() => {
  nock.disableNetConnect()
})

afterEach(() => {
  nock.abortPendingRequests()
  nock.cleanAll()
  nock.enableNetConnect()
})

function client(changed: Partial<HttpDeps> = {}) {
  let at = 0
  const slept: number[] = []
  const http = createHttp({
    userAgent: 'lastsecond/test',
    timeoutMs: 5_000,
    now() {
      at += 1_000
      return micros(at)
    },
    minBackOffMs: 1,
    maxBackOffMs: 2,
    sleep: async (ms) => {
      slept.push(ms)
    },
    ...changed,
  })
  return { http, slept }
}

async function problemOf(promise: Promise<unknown>): Promise<HttpError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof HttpError)) throw new Error(`expected an HttpError, got ${String(error)}`)
  return error
}

describe('a JSON read', () => {
  test('carries the body, the date and the instants around the round trip', async () => {
    nock(HOST, { reqheaders: { 'user-agent': 'lastsecond/test' } })
      .get('/time')
      .reply(200, '1795194290', { date: 'Fri, 20 Nov 2026 17:04:50 GMT' })
    const { http } = client()
    const answer = await http.getJson(`${HOST}/time`)
    expect(answer).toEqual({
      json: 1795194290,
      date: 'Fri, 20 Nov 2026 17:04:50 GMT',
      sentAt: 1_000,
      recvAt: 2_000,
    })
    expect(http.roundTrip()).toEqual({ p50Micros: 1_000, p99Micros: 1_000, samples: 1 })
  })

  test('is repeated through server errors until it succeeds', async () => {
    nock(HOST).get('/events').times(3).reply(500, 'down')
    nock(HOST).get('/events').reply(200, [])
    expect((await client().http.getJson(`${HOST}/events`)).json).toEqual([])
    expect(nock.isDone()).toBe(true)
  })

  test('gives up after its retries and names host, path and status, but not the query', async () => {
    nock(HOST).get('/events').query(true).times(3).reply(502, 'down')
    const error = await problemOf(client({ retries: 2 }).http.getJson(`${HOST}/events?slug=abc`))
    expect(error.message).toBe('gamma.example/events answered 502')
    expect(nock.isDone()).toBe(true)
  })

  test.each([429, 425, 503])('waits as long as a %i asks', async (status) => {
    nock(HOST).get('/events').reply(status, '', { 'retry-after': '3' })
    nock(HOST).get('/events').reply(200, [1])
    const { http, slept } = client()
    expect((await http.getJson(`${HOST}/events`)).json).toEqual([1])
    expect(slept).toEqual([3_000])
  })

  test("reads a Retry-After date against the answer's own clock, and never waits more than a minute", async () => {
    nock(HOST).get('/a').reply(429, '', {
      date: 'Fri, 20 Nov 2009 17:04:50 GMT',
      'retry-after': 'Fri, 20 Nov 2009 17:04:57 GMT',
    })
    nock(HOST).get('/a').reply(503, '', { 'retry-after': '7200' })
    nock(HOST).get('/a').reply(200, {})
    const { http, slept } = client()
    await http.getJson(`${HOST}/a`)
    expect(slept).toEqual([7_000, 60_000])
  })

  test.each([400, 401, 403, 404, 422])('does not repeat a %i', async (status) => {
    nock(HOST).get('/book').reply(status, { error: 'no' })
    const error = await problemOf(client().http.getJson(`${HOST}/book`))
    expect(error.status).toBe(status)
    expect(isNotFound(error)).toBe(status === 404)
    expect(nock.isDone()).toBe(true)
  })

  test('is repeated after a reset and after a refused connection', async () => {
    nock(HOST)
      .get('/events')
      .replyWithError(Object.assign(new Error('read'), { code: 'ECONNRESET' }))
    nock(HOST)
      .get('/events')
      .replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    nock(HOST).get('/events').reply(200, [])
    expect((await client().http.getJson(`${HOST}/events`)).json).toEqual([])
  })

  test('names what refused the connection when every attempt failed', async () => {
    nock(HOST).get('/events').times(2).replyWithError(new Error('connect ECONNREFUSED 1.2.3.4:443'))
    const error = await problemOf(client({ retries: 1 }).http.getJson(`${HOST}/events`))
    expect(error.problem).toBe('network')
    expect(error.message).toBe(
      'gamma.example/events could not be reached: connect ECONNREFUSED 1.2.3.4:443',
    )
  })

  test.each([
    ['<!DOCTYPE html><title>Attention</title>', /HTML instead of JSON/],
    ['[{"slug":"btc-updown-5m-17', /breaks off/],
    ['', /empty body/],
    ['OK then', /not JSON/],
  ])('that is not JSON is repeated, then named: %s', async (body, sentence) => {
    nock(HOST).get('/events').times(2).reply(200, body)
    const error = await problemOf(client({ retries: 1 }).http.getJson(`${HOST}/events`))
    expect(error.problem).toBe('not_json')
    expect(error.message).toMatch(sentence)
    expect(error.message).toMatch(/^gamma\.example\/events answered/)
    expect(nock.isDone()).toBe(true)
  })

  test('stops reading an answer that is too large, and does not ask for it again', async () => {
    nock(HOST)
      .get('/events')
      .reply(200, JSON.stringify('x'.repeat(100)))
    const error = await problemOf(client({ bodyBytesMax: 64 }).http.getJson(`${HOST}/events`))
    expect(error.message).toBe('gamma.example/events answered more than 64 bytes')
  })

  test('times out attempt by attempt', async () => {
    nock(HOST).get('/slow').times(2).delay(60_000).reply(200, [])
    const error = await problemOf(client({ timeoutMs: 5, retries: 1 }).http.getJson(`${HOST}/slow`))
    expect(error.problem).toBe('timeout')
    expect(error.message).toBe('gamma.example/slow did not answer within 5 ms')
    expect(nock.isDone()).toBe(true)
  })

  test('ends at once when its caller aborts, with the reason of the abort', async () => {
    nock(HOST).get('/slow').delay(60_000).reply(200, [])
    const controller = new AbortController()
    const promise = client().http.getJson(`${HOST}/slow`, { signal: controller.signal })
    controller.abort(new Error('stopping'))
    await expect(promise).rejects.toThrow('stopping')
  })

  test('that breaks off half way, on a real socket, is repeated', async () => {
    nock.enableNetConnect('127.0.0.1')
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      if (requests === 3) {
        response.end('{"whole":true}')
        return
      }
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"whole":')
      // Only after the half has left, so that the client has a head and no tail.
      setImmediate(() => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
    try {
      const error = await problemOf(client({ retries: 1 }).http.getJson(url))
      expect(error.problem).toBe('network')
      expect(error.message).toMatch(/\/events broke off in the middle of its answer/)
      expect((await client().http.getJson(url)).json).toEqual({ whole: true })
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
