/** The chain of certificates: whole over restarts and kills, and broken wherever somebody touched it. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/canonical-json.ts'
import type { EngineFact } from '../../src/domain/facts.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microUsdc } from '../../src/domain/units.ts'
import type { ChainState, Link } from '../../src/ledger/chain.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { openReader } from '../../src/ledger/reader.ts'
import { at } from '../support/builders.ts'
import { judgedFact, marketOf, sealedFact, second, windowId } from '../support/certificates.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
const ORIGIN = { code: { version: '1.2.3', hash: 'c0de' }, config: 'c0nf' }
const file = () => join(mkdtempSync(join(tmpdir(), 'certificates-')), 'ledger.db')
const open = (path: string) =>
  openLedger({ path, startingCash: microUsdc(1_000_000), log: silent, origin: ORIGIN })

async function keep(path: string, facts: readonly EngineFact[]): Promise<void> {
  const ledger = await open(path)
  for (const fact of facts) ledger.accept(fact)
  await ledger.close()
}

/** Six links: three windows, sealed and judged in turn. */
async function chained(): Promise<string> {
  const path = file()
  await keep(
    path,
    [0, 1].flatMap((n) => [sealedFact(n), judgedFact(n)]),
  )
  // A restart goes on where the chain ends.
  await keep(path, [sealedFact(2), judgedFact(2)])
  return path
}

function verify(path: string, upTo?: number): ChainState {
  const reader = openReader(path)
  try {
    return reader.certificates.verify(upTo)
  } finally {
    reader.close()
  }
}

function run(path: string, sql: string, ...values: (string | number)[]): unknown[] {
  const database = new Database(path)
  try {
    const statement = database.prepare(sql)
    if (/^SELECT/.test(sql)) return statement.all(...values)
    statement.run(...values)
    return []
  } finally {
    database.close()
  }
}

describe('canonical text', () => {
  test('does not depend on the order in which fields were given, and reads back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(shuffled(value))).toBe(text)
      }),
    )
  })

  test('is what JSON writes, in order', () => {
    expect(canonicalJson({ b: [1, null, 'ä\n'], a: { d: undefined, c: -0.5 } })).toBe(
      '{"a":{"c":-0.5},"b":[1,null,"ä\\n"]}',
    )
    expect(canonicalJson({ x: Number.NaN, y: Number.POSITIVE_INFINITY })).toBe(
      '{"x":null,"y":null}',
    )
    expect(() => canonicalJson({ x: 1n })).toThrow(/bigint/)
  })
})

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, shuffled(field)]),
  )
}

describe('the chain', () => {
  test('is whole over a restart, and anybody can compute it from the rows alone', async () => {
    const path = await chained()
    const links = run(path, 'SELECT * FROM certificates ORDER BY seq') as Link[]
    expect(links.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
      '1 sealed',
      '2 judged',
      '3 sealed',
      '4 judged',
      '5 sealed',
      '6 judged',
    ])
    let prev = '0'.repeat(64)
    for (const link of links) {
      const text = `${prev}\n${link.seq}\n${link.kind}\n${link.condition_id}\n${link.at_micros}\n${link.body_json}`
      prev = createHash('sha256').update(text).digest('hex')
      expect(link.hash).toBe(prev)
      expect(JSON.parse(link.body_json)).toMatchObject(ORIGIN)
    }
    expect(verify(path)).toEqual({ count: 6, head: prev, broken: null })
    expect(verify(path, 4)).toMatchObject({ count: 4, broken: null })
  })

  test.each([
    [
      'a text',
      `UPDATE certificates SET body_json = replace(body_json, '"CAP"', '"ASK"') WHERE seq = 4`,
      4,
    ],
    ['a kind', `UPDATE certificates SET kind = 'sealed' WHERE seq = 2`, 2],
    ['an instant', 'UPDATE certificates SET at_micros = at_micros + 1 WHERE seq = 3', 3],
    ['a window', `UPDATE certificates SET condition_id = '0x1' WHERE seq = 5`, 5],
    ['a hash', `UPDATE certificates SET hash = '${'f'.repeat(64)}' WHERE seq = 1`, 1],
    ['one taken out', 'DELETE FROM certificates WHERE seq = 3', 3],
    ['the first taken out', 'DELETE FROM certificates WHERE seq = 1', 1],
    ['two changed places', 'UPDATE certificates SET seq = CASE seq WHEN 2 THEN 90 ELSE seq END', 2],
  ])('%s that was changed is found, at its number', async (_name, sql, seq) => {
    const path = await chained()
    run(path, sql)
    expect(verify(path)).toMatchObject({ count: seq - 1, broken: { seq } })
    // What stands before it is as whole as ever.
    if (seq > 1) expect(verify(path, seq - 1).broken).toBeNull()
  })

  test('a text changed together with its own hash breaks the next one', async () => {
    const path = await chained()
    const [link] = run(path, 'SELECT * FROM certificates WHERE seq = 2') as Link[]
    if (link === undefined) throw new Error('no link')
    const body = link.body_json.replace('"UP"', '"DOWN"')
    const text = `${link.prev_hash}\n2\n${link.kind}\n${link.condition_id}\n${link.at_micros}\n${body}`
    const hash = createHash('sha256').update(text).digest('hex')
    run(path, 'UPDATE certificates SET body_json = ?, hash = ? WHERE seq = 2', body, hash)
    expect(verify(path).broken).toMatchObject({
      seq: 3,
      why: 'it does not follow the one before it',
    })
  })

  test('survives kill -9: what was acknowledged is there, and the chain is whole', async () => {
    const path = file()
    const script = fileURLToPath(new URL('./certificates-kill-child.mjs', import.meta.url))
    for (const least of [20, 50]) {
      const child = spawn(process.execPath, [script, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let acknowledged = 0
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          acknowledged = Number(chunk.toString().trim().split('\n').at(-1))
          if (acknowledged >= least) child.kill('SIGKILL')
        })
        child.once('close', () => resolve())
      })
      const { count, broken } = verify(path)
      expect(broken).toBeNull()
      expect(count).toBeGreaterThanOrEqual(acknowledged)
    }
    await (await open(path)).close()
  })
})

describe('a ledger of before', () => {
  async function older(): Promise<string> {
    const path = file()
    await keep(path, [{ kind: 'operator', at: at(1), action: 'kill' }])
    run(path, 'DROP TABLE certificates')
    run(path, "UPDATE meta SET value = '2' WHERE key = 'schema_version'")
    return path
  }

  test('is read as it is: no certificates, and nothing broken', async () => {
    const path = await older()
    expect(verify(path)).toMatchObject({ count: 0, broken: null })
    const reader = openReader(path)
    expect([...reader.certificates.audits()]).toEqual([])
    reader.close()
  })

  test('has the chain from its next start on, and keeps what it had', async () => {
    const path = await older()
    const ledger = await open(path)
    expect((await ledger.restore()).halted).toBe(true)
    ledger.accept(sealedFact(1))
    await ledger.close()
    expect(verify(path)).toMatchObject({ count: 1, broken: null })
  })
})

describe('certificates of windows', () => {
  test('the story of a window has its latest seal, and the result that followed it', async () => {
    const path = file()
    const market = marketOf(7)
    await keep(path, [
      { kind: 'passed', at: at(1), market, reason: 'CAP: x' },
      // The embedded venue played it twice; the second time it is not resolved yet.
      sealedFact(7),
      judgedFact(7),
      sealedFact(7, [second(5, 'UP', 9_000)]),
    ])
    const reader = openReader(path)
    const { certificate, judgement } = reader.story(market.slug)
    expect(certificate).toMatchObject({ seq: 3, origin: ORIGIN, body: { slug: market.slug } })
    expect(certificate?.body.trail.seconds).toHaveLength(1)
    expect(judgement).toBeNull()
    reader.close()
  })

  test('audits have each window once, with what was sealed before its result', async () => {
    const path = file()
    await keep(path, [
      sealedFact(1, [second(5, 'UP', 9_000)]),
      judgedFact(1),
      judgedFact(2),
      sealedFact(1),
      judgedFact(1, { winner: 'DOWN' }),
      sealedFact(3),
    ])
    const reader = openReader(path)
    const audits = [...reader.certificates.audits()]
    expect(audits.map(({ judged }) => [judged.conditionId, judged.winner])).toEqual([
      [windowId(2), 'UP'],
      [windowId(1), 'DOWN'],
    ])
    expect(audits.map(({ sealed }) => sealed?.trail.seconds.length ?? null)).toEqual([null, 0])
    reader.close()
  })
})
