/** The journal of shots: what it said was written is there after any death, and a shot that was sent is never forgotten. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import type { Order } from '../../src/domain/order.ts'
import type { NamedRung } from '../../src/ledger/journal-files.ts'
import { openShotJournal } from '../../src/ledger/shot-journal.ts'
import { aMarket } from '../support/builders.ts'
import { aLog, anOrder } from '../support/live.ts'
import { until } from '../support/until.ts'

const CHILD = fileURLToPath(new URL('./journal-kill-child.mjs', import.meta.url))
const aFolder = () => join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal')
const open = (folder: string, log = aLog()) => openShotJournal(folder, log)
const sent = (folder: string) => join(folder, 'sent.jsonl')

function windowOf(n: number): Market {
  const id = conditionId(`0x${String(n).padStart(64, '0')}`)
  return aMarket({ conditionId: id, slug: `window-${n}` })
}

const orderOf = (market: Market): Order => anOrder({}, market)

const named = (venueId: string, market: Market): NamedRung => {
  const { side, token, limit, spend, shares } = orderOf(market)
  return { venueId, side, token, limit, spend, shares }
}

function mark(journal: ReturnType<typeof open>, n: number): void {
  const market = windowOf(n)
  journal.mark(`0xid${n}`, orderOf(market), market)
}

/** What the next process finds. */
function found(folder: string) {
  const log = aLog()
  const next = open(folder, log)
  next.close()
  const marks = next.before.marks.map(({ venueId }) => venueId)
  return { marks, armed: next.before.armed.map(({ market }) => market?.slug), log }
}

test('a new journal knows nothing', () => {
  expect(found(aFolder())).toMatchObject({ marks: [], armed: [] })
})

test('a mark comes back whole, with the text of the window as it was made ready', async () => {
  const folder = aFolder()
  const journal = open(folder)
  const market = windowOf(1)
  const orders = ['0xid1', '0xid2'].map((id) => named(id, market))
  await journal.armed(market, orders)
  journal.mark('0xid2', orderOf(market), market)
  journal.close()
  const { before } = open(folder)
  expect(before.marks).toEqual([{ venueId: '0xid2', order: orderOf(market), market }])
  const { conditionId } = market
  expect(before.armed).toEqual([{ conditionId, market, orders, isProof: true }])
})

test('several marks of a window, with rehearsals between them and names of every length, come back each as it was', async () => {
  const folder = aFolder()
  const journal = open(folder)
  const market = windowOf(1)
  await journal.armed(market, [named('0xid1', market)])
  const ids = ['0xlong'.repeat(400), '0x1', '0xlonger'.repeat(40), '0x2']
  for (const id of ids) {
    journal.mark(id, orderOf(market), market)
    journal.rehearse('0xrehearsal'.repeat(30), orderOf(market), market)
  }
  journal.close()
  const marks = ids.map((venueId) => ({ venueId, order: orderOf(market), market }))
  expect(open(folder).before.marks).toEqual(marks)
})

test('what is marked after the journal was compacted is found by the next run', () => {
  const folder = aFolder()
  const first = open(folder)
  mark(first, 1)
  first.close()
  const second = open(folder)
  second.compact(new Set())
  mark(second, 2)
  second.compact(new Set<ConditionId>([windowOf(1).conditionId]))
  mark(second, 3)
  // No close: the process is killed.
  expect(found(folder).marks).toEqual(['0xid2', '0xid3'])
})

test('compaction drops what is settled, and nothing else', async () => {
  const folder = aFolder()
  const journal = open(folder)
  for (const n of [1, 2]) await journal.armed(windowOf(n), [named(`0xid${n}`, windowOf(n))])
  for (const n of [1, 2]) mark(journal, n)
  journal.compact(new Set([windowOf(1).conditionId]))
  journal.close()
  expect(found(folder)).toMatchObject({ marks: ['0xid2'], armed: ['window-2'] })
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('a line cut anywhere is no mark, is said, and takes no other line with it', () => {
  const folder = aFolder()
  const journal = open(folder)
  mark(journal, 1)
  const whole = readFileSync(sent(folder)).length
  mark(journal, 2)
  journal.close()
  const both = readFileSync(sent(folder))
  for (const length of [whole + 1, whole + 2, whole + 40, both.length - 3, both.length - 2]) {
    writeFileSync(sent(folder), both)
    truncateSync(sent(folder), length)
    const { marks, log } = found(folder)
    expect(marks).toEqual(['0xid1'])
    expect(log.warn).toHaveBeenCalledTimes(length === whole + 1 ? 0 : 1)
    const next = open(folder)
    mark(next, 3)
    next.close()
    expect(found(folder).marks).toEqual(['0xid1', '0xid3'])
  }
})

test('lines that are JSON and no mark are left out', () => {
  const folder = aFolder()
  const journal = open(folder)
  mark(journal, 1)
  journal.close()
  appendFileSync(sent(folder), '{}\nnull\n7\n{"venueId":"0x1","order":{}}\n')
  expect(found(folder).marks).toEqual(['0xid1'])
})

test('rehearsals are no marks, and nothing of them is left', () => {
  const folder = aFolder()
  const journal = open(folder)
  const market = windowOf(1)
  for (let n = 0; n < 5; n += 1) journal.rehearse(`0xid${n}`, orderOf(market), market)
  mark(journal, 7)
  expect(found(folder).marks).toEqual(['0xid7'])
  expect(readFileSync(sent(folder), 'utf8')).not.toContain('0xid1')
  journal.close()
  // A rehearsal that cannot be written is nobody's trouble.
  journal.rehearse('0xid8', orderOf(market), market)
  expect(readdirSync(folder)).toEqual(['sent.jsonl'])
})

test('a window of many words and signs is marked whole', () => {
  const folder = aFolder()
  const journal = open(folder)
  const market = { ...windowOf(1), title: '≥'.repeat(50_000) }
  journal.mark('0xid1', orderOf(market), market)
  journal.mark('0xid2', { ...orderOf(market), strategy: '€'.repeat(20_000) }, windowOf(2))
  journal.close()
  const { marks } = open(folder).before
  expect(marks.map(({ market: one }) => one.title.length)).toEqual([
    50_000,
    windowOf(2).title.length,
  ])
  expect(marks[1]?.order.strategy).toBe('€'.repeat(20_000))
})

test('a mark that cannot be written whole throws', () => {
  const journal = open(aFolder())
  journal.close()
  expect(() => mark(journal, 1)).toThrow()
})

test('a window that is forgotten is not made ready any more; the same window may be made ready twice', async () => {
  const folder = aFolder()
  const journal = open(folder)
  await Promise.all([
    journal.armed(windowOf(1), [named('0xa', windowOf(1))]),
    journal.armed(windowOf(1), [named('0xb', windowOf(1))]),
    journal.armed(windowOf(2), [named('0xc', windowOf(2))]),
  ])
  // Between the two the orders of the first are still shot.
  const text = readFileSync(join(folder, `armed-${windowOf(1).conditionId}.json`), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ orders: [{ venueId: '0xa' }, { venueId: '0xb' }] })
  journal.forget(windowOf(1).conditionId)
  await until(() => found(folder).armed.length === 1)
  expect(found(folder).armed).toEqual(['window-2'])
  journal.close()
})

test('a window whose file cannot be read is told as an error', () => {
  const folder = aFolder()
  open(folder).close()
  writeFileSync(join(folder, `armed-${windowOf(1).conditionId}.json`), '{"market":')
  const { armed, log } = found(folder)
  expect([armed, log.error.mock.calls.length]).toEqual([[undefined], 1])
  const { conditionId } = windowOf(1)
  const unread = { conditionId, market: null, orders: [], isProof: false }
  expect(open(folder).before.armed).toEqual([unread])
})

describe('that nothing was sent of a window without a mark is proven', () => {
  async function left(): Promise<string> {
    const folder = aFolder()
    const journal = openShotJournal(folder, aLog(), 'one boot')
    await journal.armed(windowOf(1), [named('0xid1', windowOf(1))])
    mark(journal, 2)
    journal.close()
    return folder
  }
  const isProof = (folder: string, boot = 'one boot') =>
    openShotJournal(folder, aLog(), boot).before.armed.map((one) => one.isProof)

  test('while the machine runs on and every line is whole', async () => {
    expect(isProof(await left())).toEqual([true])
  })

  test('not when the machine was started since, or does not tell', async () => {
    for (const boot of ['another boot', '']) expect(isProof(await left(), boot)).toEqual([false])
  })

  test('not where the last line is torn, or filled with nothing', async () => {
    const market = `\n{"market":${JSON.stringify(windowOf(1))},`
    const torn = [market.slice(0, 60), market, `${market}"venueId":"0xid1","order":{"id"`]
    for (const tail of ['\n{"venueId":"0xid1","order":{"id"', ...torn, '\0\0\0\0']) {
      const folder = await left()
      appendFileSync(sent(folder), tail)
      expect(isProof(folder)).toEqual([false])
    }
  })

  test('not where the journal is gone', async () => {
    const folder = await left()
    rmSync(sent(folder))
    expect(isProof(folder)).toEqual([false])
  })

  test('not of a window that an older version made ready', async () => {
    const folder = await left()
    const market = windowOf(3)
    const old = JSON.stringify({ market, venueIds: ['0x1'] })
    writeFileSync(join(folder, `armed-${market.conditionId}.json`), old)
    expect(isProof(folder)).toEqual([true, false])
  })
})

test('killed in the middle, twice: everything that was said to be written is there', async () => {
  const folder = aFolder()
  const said: string[] = []
  for (const run of ['a', 'b']) {
    const child = spawn(process.execPath, [CHILD, folder, run], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    said.push(...(await linesUntilKilled(child, 150)))
  }
  const next = open(folder)
  next.close()
  const marks = new Set(next.before.marks.map(({ venueId }) => `marked ${venueId}`))
  const armed = new Set(next.before.armed.map((market) => `armed ${market?.conditionId}`))
  expect(said.length).toBeGreaterThanOrEqual(300)
  expect(said.filter((line) => !marks.has(line) && !armed.has(line))).toEqual([])
})

/** Kills it after so many lines; the last line may be half a line and does not count. */
async function linesUntilKilled(child: ChildProcess, count: number): Promise<string[]> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split('\n').length > count) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  return text.split('\n').slice(0, -1)
}
