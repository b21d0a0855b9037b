/** The log as a person reads it. */
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { idsFrom } from '../../src/cli/log-ids.ts'
import { readableLine } from '../../src/cli/log-lines.ts'

const CONDITION = `0x${'ab'.repeat(32)}`
const OTHER = `0x${'cd'.repeat(32)}`
const YES = '7'.repeat(77)
const NO = '8'.repeat(77)
const SLUG = 'btc-updown-15m-1795248074'

function finderLog(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'logs-')), 'finder.log')
  const found = { msg: 'window found', condition_id: CONDITION, token_id_yes: YES, token_id_no: NO }
  writeFileSync(file, `${JSON.stringify({ ...found, ticker: SLUG })}\nhalf a li\n`)
  return file
}

const ids = idsFrom(finderLog())
const nobody = { windowOf: () => null, sideOf: () => null }

function shown(data: object, known = ids): string {
  const line = readableLine(JSON.stringify({ level: 'info', time: 'T', pid: 7, ...data }), known)
  return line.replace(/^T {2}INFO {3}/, '')
}

test('windows are told by name, tokens by side', () => {
  expect(shown({ msg: 'listener open', conditionId: CONDITION, listener: 'YES' })).toBe(
    `listener open  slug=${SLUG} listener=YES`,
  )
  expect(shown({ msg: 'in doubt', conditionId: CONDITION, token: NO, doubt: 'crossed' })).toBe(
    `in doubt  slug=${SLUG} token=NO doubt=crossed`,
  )
  expect(shown({ msg: 'window taken up', slug: SLUG, conditionId: CONDITION })).toBe(
    `window taken up  slug=${SLUG}`,
  )
})

test('an id that nobody knows is cut short, wherever it stands', () => {
  const text = shown(
    {
      msg: `no book of ${YES}`,
      conditionId: CONDITION,
      token_id_yes: YES,
      reason: `https://clob/book?token_id=${YES} answered 404`,
      list: [OTHER],
    },
    nobody,
  )
  expect(text).toBe(
    'no book of 77777…7777  conditionId=0xaba…abab token_id_yes=77777…7777 reason="https://clob/book?token_id=77777…7777 answered 404" list=["0xcdc…cdcd"]',
  )
})

test('amounts are dollars, outcomes and checks are words', () => {
  const filled = {
    state: 'filled',
    fills: [{ price: 9_600, shares: 5_000_000 }],
    shares: 5_000_000,
    cost: 4_800_000,
    fee: 13_440,
  }
  expect(
    shown({ msg: 'order filled', orderId: `${SLUG}/1`, outcome: filled, cash: '9995.1' }),
  ).toBe(
    `order filled  orderId=${SLUG}/1 outcome="filled 5 shares for 4.80 USD, fee 0.01344 USD" cash=9995.10 USD`,
  )
  expect(shown({ msg: 'x', outcome: { state: 'killed', reason: 'gone' }, spend: '5' })).toBe(
    'x  outcome="killed: gone" spend=5.00 USD',
  )
  const checks = [
    { name: 'WINNER', ok: true },
    { name: 'ASK', ok: false },
    { name: 'CAP', ok: false },
  ]
  expect(shown({ msg: 'decided', checks })).toBe('decided  checks="ASK, CAP of 3 refused"')
  expect(shown({ msg: 'decided', checks: checks.slice(0, 1) })).toBe('decided  checks="all 1 ok"')
  expect(shown({ msg: 'lost', error: { name: 'E', message: 'reset', stack: 'at x' } })).toBe(
    'lost  error=reset',
  )
})

test('a line without details ends where it ends, and what is no JSON is left as it is', () => {
  expect(shown({ msg: 'operator: stop' })).toBe('operator: stop')
  expect(readableLine('{"half', ids)).toBe('{"half')
  expect(readableLine('7', ids)).toBe('7')
})

test('a window that was found since is known', () => {
  const file = finderLog()
  const growing = idsFrom(file)
  expect(growing.windowOf(OTHER)).toBeNull()
  appendFileSync(file, `${JSON.stringify({ conditionId: OTHER, slug: 'eth' })}\n`)
  expect(growing.windowOf(OTHER)).toBe('eth')
  expect(idsFrom('/nowhere/finder.log').windowOf(OTHER)).toBeNull()
})
