import { expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import { closureOf } from '../../../src/venues/polymarket/venue-closed.ts'

const at = micros(1)

function answered(status: number, body: string, headers: Record<string, string> = {}) {
  return closureOf({
    kind: 'answer',
    status,
    body,
    headers,
    wroteAt: at,
    firstByteAt: at,
    doneAt: at,
  })
}

const POST_ONLY = '{"error":"post-only mode: only post-only orders and cancels are allowed"}'

test.each([
  [425, '', { 'retry-after': '90' }, 90],
  [425, '<html>', {}, 30],
  [425, '{"retry_after_seconds":7}', {}, 7],
  [503, POST_ONLY, { 'retry-after': '120' }, 120],
  [503, '{"code":"post_only_mode","retry_after_seconds":5}', {}, 5],
  [503, '{"error":"Trading is currently cancel-only. New orders are not accepted"}', {}, 30],
  [503, '{"error":"Trading is currently disabled. Check polymarket.com for updates"}', {}, 30],
  [425, '', { 'retry-after': 'Tue, 24 Nov 2026 12:00:00 GMT' }, 30],
  [425, '', { 'retry-after': '0' }, 1],
  [425, '', { 'retry-after': '99999' }, 600],
])('%i %s %j: %i seconds', (status, body, headers, seconds) => {
  expect(answered(status, body, headers as Record<string, string>)?.seconds).toBe(seconds)
})

test.each([
  [200, POST_ONLY],
  [400, '{"error":"not enough balance / allowance"}'],
  [429, '{"error":"Too Many Requests"}'],
  [500, '{"error":"order timed out"}'],
  [503, '<html>upstream</html>'],
])('%i %s speaks of one order, or of somebody in between', (status, body) => {
  expect(answered(status, body)).toBe(null)
})

test('no answer says nothing', () => {
  expect(closureOf({ kind: 'lost', unsent: true, reason: 'gone', wroteAt: null })).toBe(null)
})
