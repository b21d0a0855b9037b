/** What is read into the venue's answers to withdrawals: only its word about the very order counts. */
import { describe, expect, test } from 'vitest'
import { micros } from '../../../src/domain/units.ts'
import type { WireAnswer } from '../../../src/net/order-wire.ts'
import { readCancelAnswer } from '../../../src/venues/polymarket/cancel-answer.ts'

const ID = `0x${'a'.repeat(64)}`
const NOW = micros(1)

function says(status: number, body: unknown): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const times = { wroteAt: NOW, firstByteAt: NOW, doneAt: NOW }
  return { kind: 'answer', status, headers: {}, body: text, ...times }
}
const kind = (status: number, body: unknown) => readCancelAnswer(says(status, body), ID).kind

describe('a withdrawal', () => {
  test.each([
    [{ canceled: [ID], not_canceled: {} }],
    [{ canceled: ['0xother', ID.toUpperCase()] }],
    [{ canceled: [ID], not_canceled: null }],
  ])('was done: %j', (body) => expect(kind(200, body)).toBe('withdrawn'))

  test('found nothing to withdraw, and says why', () => {
    const not_canceled = { [ID]: 'already canceled or matched' }
    expect(readCancelAnswer(says(200, { canceled: [], not_canceled }), ID)).toEqual({
      kind: 'not_there',
      reason: 'already canceled or matched',
    })
  })

  test.each<[number, unknown]>([
    [200, { canceled: ['0xother'], not_canceled: {} }],
    [200, { canceled: [] }],
    [200, {}],
    [200, ''],
    [200, '<html>'],
    [200, { canceled: 'all' }],
    [425, { error: 'Too Early' }],
    [429, { error: 'Too Many Requests' }],
    [503, { canceled: [ID] }],
    [400, { error: 'Invalid orderID' }],
  ])('may or may not have been done: %i %j', (status, body) => {
    expect(kind(status, body)).toBe('unknown')
  })

  test.each([true, false])('whose answer is lost may have been done (unsent: %s)', (unsent) => {
    const lost: WireAnswer = { kind: 'lost', unsent, reason: 'cut', wroteAt: null }
    expect(readCancelAnswer(lost, ID)).toEqual({ kind: 'unknown', reason: 'cut' })
  })
})
