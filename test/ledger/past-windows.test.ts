/** What a new process finds of the windows before it, in ledgers that have it and in those that do not. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { pastWindows } from '../../src/ledger/past-windows.ts'
import { aConditionId, aPast, aSecond } from '../support/asks.ts'
import { aMarket, at } from '../support/builders.ts'

const TABLES = `CREATE TABLE windows (condition_id TEXT PRIMARY KEY, asset TEXT, interval TEXT, market_json TEXT);
  CREATE TABLE certificates (seq INTEGER PRIMARY KEY, condition_id TEXT, kind TEXT, at_micros INTEGER, prev_hash TEXT, hash TEXT, body_json TEXT);`
const BTC = [{ asset: 'btc', interval: '15m' }] as const

function ledger(tables = TABLES) {
  const path = join(mkdtempSync(join(tmpdir(), 'past-')), 'ledger.db')
  const database = new Database(path)
  database.exec(tables)
  const write = (id: string, kind: string, body: object) =>
    database
      .prepare(`INSERT INTO certificates VALUES (NULL, ?, ?, 0, '', '', ?)`)
      .run(id, kind, JSON.stringify(body))
  return {
    path,
    write,
    window(n: number, asset = 'btc') {
      const market = { ...aMarket(), conditionId: aConditionId(n), asset, endAt: at(900 * n) }
      database
        .prepare('INSERT INTO windows VALUES (?, ?, ?, ?)')
        .run(market.conditionId, asset, market.interval, JSON.stringify(market))
    },
    seal: (n: number) =>
      write(aConditionId(n), 'sealed', { sealed: { trail: aPast(n, [aSecond(10)]).trail } }),
    judge: (n: number, winner: string) => write(aConditionId(n), 'judged', { judged: { winner } }),
  }
}

test('windows that are sealed and judged, the latest of each series, in the order of their closes', () => {
  const one = ledger()
  for (const n of [1, 2, 3, 4]) {
    one.window(n)
    one.seal(n)
  }
  for (const n of [3, 1, 2]) one.judge(n, 'UP')
  one.judge(2, 'DOWN')
  one.window(5, 'eth')
  one.seal(5)
  one.judge(5, 'UP')
  const found = pastWindows([one.path], BTC, 10)
  expect(found.map(({ trail, winner }) => [trail.conditionId, winner])).toEqual([
    [aConditionId(1), 'UP'],
    [aConditionId(2), 'DOWN'],
    [aConditionId(3), 'UP'],
  ])
  expect(found[0]?.trail).toEqual(aPast(1, [aSecond(10)]).trail)
  expect(found[0]?.market).toMatchObject({ asset: 'btc', interval: '15m', endAt: at(900) })
  expect(pastWindows([one.path], BTC, 2).map(({ market }) => market.endAt)).toEqual([at(2_700)])
})

test('of two ledgers both', () => {
  const [dry, live] = [ledger(), ledger()]
  for (const [one, n] of [
    [dry, 2],
    [live, 1],
  ] as const) {
    one.window(n)
    one.seal(n)
    one.judge(n, 'UP')
  }
  const found = pastWindows([dry.path, live.path], BTC, 10)
  expect(found.map(({ market }) => market.endAt)).toEqual([at(900), at(1_800)])
})

test('none where there is no ledger, where it keeps no seconds, or where a window has none', () => {
  expect(pastWindows([join(tmpdir(), 'none', 'ledger.db')], BTC, 10)).toEqual([])
  expect(pastWindows([ledger('CREATE TABLE meta (key TEXT)').path], BTC, 10)).toEqual([])
  const one = ledger()
  one.window(1)
  one.write(aConditionId(1), 'sealed', { sealed: { trail: null } })
  one.judge(1, 'UP')
  expect(pastWindows([one.path], BTC, 10)).toEqual([])
})
