/** The check of recordings, against frames of the embedded venue: whole they agree to the last byte, damaged they do not. */
import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createFrameCheck } from '../../src/cli/frame-check.ts'
import { micros } from '../../src/domain/units.ts'
import { aVenue, ownClock } from '../local-venue/support.ts'
import { until } from '../support/until.ts'

const frames: string[] = []

beforeAll(async () => {
  const clock = ownClock()
  const venue = await aVenue({
    clock,
    windowSec: 30,
    firstCloseSec: 12,
    ratePerSec: 120,
    seed: 21,
  })
  const answer = await fetch(`${venue.endpoints.gamma}/events?closed=false&limit=4`, {
    headers: { 'user-agent': 'test' },
  })
  const events = (await answer.json()) as { markets: { clobTokenIds: string }[] }[]
  const tokens = events.flatMap(({ markets }) =>
    markets.flatMap((market) => JSON.parse(market.clobTokenIds) as string[]),
  )
  const socket = new WebSocket(venue.endpoints.marketWs)
  socket.on('open', () =>
    socket.send(
      JSON.stringify({ assets_ids: tokens, type: 'market', custom_feature_enabled: true }),
    ),
  )
  socket.on('message', (data: Buffer) => {
    if (frames.length < 900) frames.push(data.toString())
  })
  // Its time is moved on as fast as it is heard.
  await until(() => {
    if (frames.length > 0) clock.moveTo(clock.nowMs() + 200)
    return frames.length === 900
  }, 10)
  socket.terminate()
})

function check(list: readonly string[]) {
  const checker = createFrameCheck()
  for (const text of list) {
    let json: unknown = null
    try {
      json = JSON.parse(text)
    } catch {
      // Half a frame is given as it is.
    }
    checker.feed(Buffer.from(text), json, micros(0))
  }
  return checker.finish()
}

describe('import --check', () => {
  test('every book, top and hash of a whole recording agrees', () => {
    const result = check(frames)
    expect(result).toMatchObject({ frames: 900, parsed: 900, unknown: 0, failed: 0 })
    for (const name of ['books', 'tops', 'hashes'] as const) {
      const { checked, equal } = result[name]
      expect(checked).toBeGreaterThan(10)
      expect({ name, equal }).toEqual({ name, equal: checked })
    }
  })

  test('compact and spaced frames are the same to it', () => {
    const compact = frames.map((text) => JSON.stringify(JSON.parse(text)))
    expect(check(compact)).toEqual(check(frames))
  })

  test('a lost change shows in the tops or the books, and in the hashes', () => {
    const lost = frames.filter((text, at) => !(text.includes('price_change') && at % 9 === 0))
    const result = check(lost)
    expect(result.hashes.equal).toBeLessThan(result.hashes.checked)
    expect(result.books.equal + result.tops.equal).toBeLessThan(
      result.books.checked + result.tops.checked,
    )
  })

  test('half frames and strangers are counted and nothing else is lost', () => {
    const result = check([
      ...frames,
      '{"market":"0x',
      '<html>',
      '{"event_type":"brand_new"}',
      'PONG',
    ])
    expect(result).toMatchObject({ frames: 904, parsed: 901, unknown: 1, failed: 2 })
    expect(result.books).toEqual(check(frames).books)
  })
})
