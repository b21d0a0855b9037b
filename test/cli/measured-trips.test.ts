/** Where a dry run takes the ways of its orders from, and what it says of that. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { measuredTrips, tripsFor } from '../../src/cli/measured-trips.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { NO_LATENCY, type Settlement } from '../../src/domain/facts.ts'
import { conditionId } from '../../src/domain/ids.ts'
import { completeOrder } from '../../src/domain/order.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { aMarket, at } from '../support/builders.ts'

const HOLD = 150_000
const lines: string[] = []
const log: Log = {
  debug: () => undefined,
  info: (line) => void lines.push(line),
  warn: () => undefined,
  error: () => undefined,
}

async function configured(answers: readonly (number | null)[], paper = {}): Promise<Config> {
  const { config } = loadConfig({ cwd: '/', env: {} })
  const dataDir = mkdtempSync(join(tmpdir(), 'trips-'))
  const folder = join(dataDir, config.venue, 'live')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'ledger.db')
  const ledger = await openLedger({ path, startingCash: microUsdc(1), log })
  for (const [n, answerMicros] of answers.entries()) {
    const takerHold = n % 2 === 0
    const market = aMarket({
      conditionId: conditionId(`0x${String(n).padStart(64, '0')}`),
      takerHold,
    })
    ledger.accept({ kind: 'settled', at: at(n), settlement: settled(market, answerMicros) })
  }
  await ledger.close()
  return { ...config, dataDir, paper: { ...config.paper, ...paper } }
}

function settled(market: Settlement['market'], answerMicros: number | null): Settlement {
  const order = completeOrder({ conditionId: market.conditionId, strategy: 'a' })
  return {
    ...{ market, decision: 'fired', reason: 'a test', winner: 'UP', winnerSource: 'a test' },
    ...{ side: 'UP', order, outcome: null, payout: microUsdc(0), pnl: microUsdc(0) },
    cash: microUsdc(0),
    latency: { ...NO_LATENCY, answerMicros },
  }
}

test('the answers of the live ledger without the hold, the shortest first', async () => {
  // Every other window is held; the first answer came before a hold could have ended.
  const answers = [90_000, ...Array.from({ length: 39 }, (_, n) => 200_000 + (39 - n) * 1_000)]
  const config = await configured([...answers, null])
  const expected = answers.map((micros, n) => (n % 2 === 0 && n > 0 ? micros - HOLD : micros))
  const { trips, line } = measuredTrips(config)
  expect(trips).toEqual(expected.sort((a, b) => a - b))
  expect(line).toMatch(/drawn from 40 orders of the live ledger: half take \d+ ms or less/)
})

test('too few are none, with the reason', async () => {
  const config = await configured([100_000, null])
  lines.length = 0
  expect(tripsFor({ config, log })).toEqual([])
  expect(lines).toEqual([
    'paper orders take as long as the median round trip: the live ledger has measured 1 order, and 30 are asked for',
  ])
})

test('no live ledger, or an empty file in its place, are none measured', () => {
  const { config } = loadConfig({ cwd: '/', env: {} })
  const dataDir = mkdtempSync(join(tmpdir(), 'trips-'))
  expect(measuredTrips({ ...config, dataDir }).trips).toEqual([])
  mkdirSync(join(dataDir, config.venue, 'live'), { recursive: true })
  writeFileSync(join(dataDir, config.venue, 'live', 'ledger.db'), '')
  expect(measuredTrips({ ...config, dataDir }).trips).toEqual([])
})

test('nobody looks where the way is a number, or there is none', async () => {
  const answers = Array.from({ length: 40 }, () => 300_000)
  lines.length = 0
  for (const paper of [{ postMs: 50 }, { fill: 'instant' }])
    expect(tripsFor({ config: await configured(answers, paper), log })).toEqual([])
  expect(lines).toEqual([])
  expect(tripsFor({ config: await configured(answers), log })).toHaveLength(40)
})
