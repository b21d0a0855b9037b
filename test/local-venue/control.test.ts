import { createServer } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { aVenue, get, json, ownClock, post, windowOf, windows } from './support.ts'

let venue: RunningVenue
let control: string

beforeAll(async () => {
  venue = await aVenue({ windowSec: 3_600, firstCloseSec: 1_800 })
  control = venue.endpoints.control
})

describe('the state', () => {
  it('lists four windows or more of each series, back to back, the first of them running', async () => {
    const all = await windows(venue)
    for (const asset of ['btc', 'eth', 'sol', 'xrp']) {
      for (const interval of ['5m', '15m', '1h', '4h']) {
        const own = all.filter((window) => window.asset === asset && window.interval === interval)
        expect(own.length).toBeGreaterThanOrEqual(4)
        expect(own[0]).toMatchObject({ phase: 'open', strike: expect.any(Number), winner: null })
        expect(own[1]).toMatchObject({ phase: 'upcoming', strike: null, fair: 0.5 })
        for (let at = 1; at < own.length; at += 1)
          expect(own[at]?.startsAt).toBe(own[at - 1]?.endsAt)
      }
    }
    expect(
      new Set(
        all.flatMap(({ slug, conditionId, tokens }) => [slug, conditionId, tokens.up, tokens.down]),
      ).size,
    ).toBe(all.length * 4)
  })

  it('shows a book by token and refuses others', async () => {
    const { tokens } = await windowOf(venue, 'btc', '5m')
    expect(await json(`${control}/books/${tokens.up}`)).toMatchObject({
      asset_id: tokens.up,
      bids: expect.any(Array),
    })
    expect((await get(`${control}/books/1`)).status).toBe(404)
    expect((await get(`${control}/ledger/0x0`)).status).toBe(400)
  })
})

describe('resolving', () => {
  it('names the winner of a window that has ended, and of no other', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 60 })
    const window = await windowOf(short, 'btc', '5m')
    const resolve = () => post(`${short.endpoints.control}/resolve`, { slug: window.slug })
    expect((await resolve()).status).toBe(409)
    clock.moveTo(window.endsAt + 100)
    const done = await resolve()
    expect(done.status).toBe(200)
    expect(JSON.parse(done.text)).toMatchObject({ phase: 'resolved' })
    expect((await get(`${short.endpoints.clob}/book?token_id=${window.tokens.up}`)).status).toBe(
      404,
    )
    expect((await resolve()).status).toBe(409)
    expect((await post(`${short.endpoints.control}/resolve`, { slug: 'x' })).status).toBe(404)
  })
})

describe('waiting', () => {
  it('answers when the clock gets there, at once when it is past, and refuses unknown windows', async () => {
    const clock = ownClock()
    const short = await aVenue({ clock, windowSec: 90, firstCloseSec: 60 })
    const { slug, endsAt } = await windowOf(short, 'btc', '5m')
    let isAnswered = false
    const wait = async () => {
      const given = await post(`${short.endpoints.control}/wait`, { slug, beforeCloseMs: 200 })
      isAnswered = true
      return given
    }
    const waiting = wait()
    clock.moveTo(endsAt - 201)
    await json(`${short.endpoints.control}/state`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(isAnswered).toBe(false)
    clock.moveTo(endsAt - 200)
    const answer = JSON.parse((await waiting).text)
    expect(answer.serverTime).toBeGreaterThanOrEqual(endsAt - 200)
    expect(
      (await post(`${short.endpoints.control}/wait`, { slug, beforeCloseMs: 5_000 })).status,
    ).toBe(200)
    expect((await post(`${control}/wait`, { slug: 'none', beforeCloseMs: 1 })).status).toBe(404)
    expect((await post(`${control}/wait`, { beforeCloseMs: 1 })).status).toBe(400)
    expect((await post(`${control}/wait`, 'x')).status).toBe(400)
  })

  it('is let go when the venue stops', async () => {
    const short = await startLocalVenue({ profile: 'demo' })
    const { slug } = await windowOf(short, 'btc', '5m', 'upcoming')
    const waiting = post(`${short.endpoints.control}/wait`, { slug }).catch(() => null)
    await json(`${short.endpoints.control}/state`)
    await short.close()
    expect((await waiting)?.status ?? 503).toBe(503)
    await expect(get(short.endpoints.control)).rejects.toThrow()
  })
})

describe('the ports', () => {
  it('are refused in one sentence when one of them is taken, and none stays open', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    const address = blocker.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(startLocalVenue({ port: port - 3 })).rejects.toThrow(
      /^Port \d+ is taken; .* --port 0 for any\.$/,
    )
    await expect(get(`http://127.0.0.1:${port - 3}/ok`)).rejects.toThrow()
    await new Promise((resolve) => blocker.close(resolve))
  })
})
