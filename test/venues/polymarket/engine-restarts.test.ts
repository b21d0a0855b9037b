import { expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import { closedAt } from '../../../src/risk/calendar.ts'
import { engineRestarts } from '../../../src/venues/polymarket/engine-restarts.ts'

const spans = engineRestarts()
const isClosed = (iso: string): boolean => closedAt(spans, micros(Date.parse(iso) * 1_000)) !== null

test.each([
  // Winter: five hours behind. The clock goes forward on the 8th of March 2026, back on the 1st of November.
  ['2026-03-03T12:00:00Z', true],
  ['2026-03-03T11:00:00Z', false],
  ['2026-03-10T11:00:00Z', true],
  ['2026-03-10T12:00:00Z', false],
  ['2026-10-27T11:00:00Z', true],
  ['2026-10-27T12:00:00Z', false],
  ['2026-11-03T12:00:00Z', true],
  ['2026-11-03T11:00:00Z', false],
  ['2026-11-24T11:58:59.999Z', false],
  ['2026-11-24T11:59:00Z', true],
  ['2026-11-24T12:04:59.999Z', true],
  ['2026-11-24T12:05:00Z', false],
  ['2026-11-25T12:00:00Z', false],
  ['2031-07-08T11:00:00Z', true],
])('%s: closed %s', (iso, closed) => {
  expect(isClosed(iso)).toBe(closed)
})

test('every one is a Tuesday, a minute before seven in New York, and they stand in order', () => {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  expect(spans.length).toBeGreaterThan(1_000)
  expect(new Set(spans.map(({ from }) => clock.format(from / 1_000)))).toEqual(
    new Set(['Tue 06:59']),
  )
  spans.forEach((span, index) => {
    expect(span.to).toBeGreaterThan(span.from)
    expect(span.from).toBeGreaterThan(spans[index - 1]?.to ?? 0)
  })
})
