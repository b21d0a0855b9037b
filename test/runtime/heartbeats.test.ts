import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startLocalVenue } from '../../src/local-venue/venue.ts'
import { type BeatAnswer, createHeartbeats } from '../../src/runtime/heartbeats.ts'
import { postHeartbeat } from '../../src/venues/polymarket/heartbeat.ts'
import { person } from '../local-venue/traders.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(answer: (id: string, count: number) => BeatAnswer | Error) {
  const sent: string[] = []
  const warnings: string[] = []
  const silent = () => undefined
  const heartbeats = createHeartbeats({
    beat: async (id) => {
      sent.push(id)
      const said = answer(id, sent.length)
      if (said instanceof Error) throw said
      return said
    },
    log: { debug: silent, info: silent, warn: (line) => void warnings.push(line), error: silent },
  })
  return { sent, warnings, heartbeats }
}

const accepting = (_id: string, count: number): BeatAnswer => ({
  accepted: true,
  heartbeatId: `id${count}`,
})

test('nothing rests, so nothing is sent', async () => {
  const { sent, heartbeats } = setUp(accepting)
  await vi.advanceTimersByTimeAsync(60_000)
  heartbeats.gone('0x1')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual([])
})

test('it beats at once and every five seconds, each with the id before, until the last is gone', async () => {
  const { sent, heartbeats } = setUp(accepting)
  heartbeats.rests('0x1')
  heartbeats.rests('0x2')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toEqual(['', 'id1', 'id2'])
  heartbeats.gone('0x1')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent).toHaveLength(4)
  heartbeats.gone('0x2')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(4)
  expect(vi.getTimerCount()).toBe(0)
})

test('a wrong id is mended at once, and a lost answer is told', async () => {
  const { sent, warnings, heartbeats } = setUp((id, count) => {
    if (count === 3) return new Error('no answer')
    return id === '' ? { accepted: false, heartbeatId: 'old' } : accepting(id, count)
  })
  heartbeats.rests('0x1')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toEqual(['', 'old', 'id2', 'id2'])
  expect(warnings).toHaveLength(1)
  heartbeats.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(4)
})

test('the venue takes them, and names the id it wants', async () => {
  vi.useRealTimers()
  const venue = await startLocalVenue({ profile: 'demo', seed: 1 })
  try {
    const somebody = await person(venue)
    const options = {
      clob: venue.endpoints.clob,
      signer: { address: somebody.address, ...somebody.creds },
      userAgent: 'test',
      epochSec: () => Math.floor(venue.nowMs() / 1_000),
    }
    const first = await postHeartbeat(options, '')
    expect(first.accepted).toBe(true)
    const wrong = await postHeartbeat(options, 'something else')
    expect(wrong).toEqual({ accepted: false, heartbeatId: first.heartbeatId })
    expect((await postHeartbeat(options, wrong.heartbeatId)).accepted).toBe(true)
    const stranger = { ...options, signer: { ...options.signer, apiKey: 'nobody' } }
    await expect(postHeartbeat(stranger, '')).rejects.toThrow(/HTTP 401/)
  } finally {
    await venue.close()
  }
})
