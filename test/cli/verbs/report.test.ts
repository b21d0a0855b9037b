/** `explain` and `report` as a person runs them, on a ledger made by hand. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { beforeAll, describe, expect, test } from 'vitest'
import type { EngineFact } from '../../../src/domain/facts.ts'
import { microUsdc } from '../../../src/domain/units.ts'
import { openLedger } from '../../../src/ledger/ledger.ts'
import { at } from '../../support/builders.ts'
import { judgedFact, marketOf, sealedFact, second, shot } from '../../support/certificates.ts'
import { commandLine } from '../../support/command-line.ts'

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

async function folderWith(facts: readonly EngineFact[]): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'report-'))
  const folder = join(cwd, 'data/local/dry')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'ledger.db')
  const ledger = await openLedger({ path, startingCash: microUsdc(1_000_000), log: silent })
  for (const fact of facts) ledger.accept(fact)
  await ledger.close()
  return cwd
}

let cwd = ''

beforeAll(async () => {
  cwd = await folderWith(
    [1, 2, 3].flatMap((n): EngineFact[] => [
      { kind: 'passed', at: at(1), market: marketOf(n), reason: 'CAP: above' },
      sealedFact(n, [second(30, 'UP', 9_000), second(2, n === 3 ? 'DOWN' : 'UP', 9_500)]),
      judgedFact(n, { otherwise: shot(n !== 2) }),
    ]),
  )
})

const cli = (...args: string[]) => commandLine(args, { cwd })

describe('explain', () => {
  test('names the certificate and what would have happened', async () => {
    const { code, out } = await cli('explain', '15m-2')
    expect(code).toBe(0)
    expect(out).toMatch(/certificate: number 3, SHA-256 [0-9a-f]{64}/)
    expect(out).toContain('the chain is whole up to it')
    expect(out).toContain('not taken: CAP: the best ask is above the cap, or there is none')
    expect(out).toContain(
      'had it been taken: 10 shares of UP for 9.00 USD and 0.063 USD fee, UP won: -9.063 USD',
    )
    expect(out).not.toContain('LEFT')
  })

  test('the trail is a table when it is asked for, and data with --json', async () => {
    const { out } = await cli('explain', '15m-3', '--trail')
    expect(out).toMatch(/LEFT +NAMED +CHANCE/)
    expect(out).toMatch(/ 2 +DOWN +95\.00 % +90\.00 % +0\.95 /)
    const { out: json } = await cli('explain', '15m-3', '--json')
    const told = JSON.parse(json)
    expect(told.certificate.body.trail.seconds).toHaveLength(2)
    expect(told.judgement.body).toMatchObject({ winner: 'UP', agrees: true })
    expect(told.chain).toMatchObject({ count: 5, broken: null })
  })

  test('wants a window, or nothing but --verify', async () => {
    expect(await cli('explain')).toMatchObject({ code: 2, out: '' })
    const whole = await cli('explain', '--verify')
    expect(whole.code).toBe(0)
    expect(whole.out).toMatch(/^6 certificates, the chain is whole; the last is [0-9a-f]{64}\n$/)
  })

  test('a changed row is exit code 1 and the first number that does not hold', async () => {
    const touched = await folderWith([sealedFact(1), judgedFact(1), sealedFact(2), judgedFact(2)])
    const database = new Database(join(touched, 'data/local/dry/ledger.db'))
    database.exec(`UPDATE certificates SET body_json = body_json || ' ' WHERE seq = 3`)
    database.close()
    const told = await commandLine(['explain', '--verify'], { cwd: touched })
    expect(told.code).toBe(1)
    expect(told.out).toBe(
      'BROKEN at number 3: its text is not the one that was written; the 2 before it are whole\n',
    )
    const json = await commandLine(['explain', '--verify', '--json'], { cwd: touched })
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out).broken.seq).toBe(3)
  })
})

describe('report', () => {
  test('gates: what was refused, what it would have come to, and that it is too few', async () => {
    const { code, out } = await cli('report', 'gates')
    expect(code).toBe(0)
    // Twice 0.937 and once -9.063.
    expect(out).toMatch(/CAP +3 +3 +2 +1 +-7\.189 +-2\.396333 .* too few/)
    const { out: json } = await cli('report', 'gates', '--json')
    expect(JSON.parse(json).gates[0]).toMatchObject({
      gate: 'CAP',
      refused: 3,
      all: { shots: 3, sumMicro: -7_189_000 },
      only: { refused: 3, shots: 3 },
    })
  })

  test('winners: how often, when, and in which windows', async () => {
    const { out } = await cli('report', 'winners')
    expect(out).toMatch(/all heard +3 +0 +0\.00 %/)
    expect(out).toMatch(/2 s +3 +1 +33\.33 % .* too few/)
    expect(out).toMatch(/btc-updown-15m-3 +UP +UP +91301\.5 +91200\.5 +exact +2 s/)
    const { out: json } = await cli('report', 'winners', '--json')
    expect(JSON.parse(json).mismatches).toMatchObject([
      { market: 'btc-updown-15m-3', wrongAt: [2] },
    ])
  })

  test('a ledger without certificates is a sentence, and an unknown report is refused', async () => {
    const empty = await folderWith([])
    const told = await commandLine(['report', 'gates'], { cwd: empty })
    expect(told).toMatchObject({ code: 0, out: '' })
    expect(told.err).toContain('no window of this ledger has a certificate')
    expect((await cli('report', 'weather')).code).toBe(2)
  })
})
