import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conditionId } from '../../src/domain/ids.ts'
import type { Market } from '../../src/domain/market.ts'
import { microShares, microUsdc, ticks } from '../../src/domain/units.ts'
import { lastMarkets } from '../../src/ledger/last-markets.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { createTermsWatch, termChanges } from '../../src/runtime/terms-watch.ts'
import { aMarket, at, START } from '../support/builders.ts'

const silent = () => undefined
const quiet = { debug: silent, info: silent, warn: silent, error: silent }

function watching(known: readonly Market[] = []) {
  const told: unknown[] = []
  const watch = createTermsWatch(known, { ...quiet, warn: (_line, data) => void told.push(data) })
  return { told, find: (market: Market) => watch.accept({ kind: 'found', at: START, market }) }
}

test('each term that changed is told with what it was', () => {
  const changes = termChanges(
    aMarket(),
    aMarket({
      fee: { rateMicro: 100_000, exponent: 2 },
      tickSize: ticks(10),
      minShares: microShares(1_000_000),
      takerHold: null,
      resolutionSource: 'https://data.chain.link/streams/btc-usd',
      version: 'v2',
    }),
  )
  expect(changes.map(({ term }) => term)).toEqual([
    'fee rate',
    'fee exponent',
    'tick size',
    'least size',
    'takers are held',
    'settles by',
    'version',
  ])
  expect(changes[0]).toEqual({ term: 'fee rate', before: '0.07', now: '0.1' })
  expect(termChanges(aMarket(), aMarket({ title: 'another window', startAt: at(900) }))).toEqual([])
})

test('a window is compared with the one before it of its own series', () => {
  const { told, find } = watching()
  find(aMarket())
  find(aMarket({ asset: 'eth', takerHold: false }))
  find(aMarket({ interval: '5m', takerHold: false }))
  expect(told).toEqual([])
  find(aMarket({ startAt: at(900), slug: 'next', takerHold: false }))
  expect(told).toMatchObject([{ slug: 'next', before: aMarket().slug }])
  find(aMarket({ startAt: at(1_800), takerHold: false }))
  expect(told).toHaveLength(1)
})

test('what an earlier process saw is compared too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terms-'))
  try {
    const path = join(folder, 'ledger.db')
    const ledger = await openLedger({ path, startingCash: microUsdc(0), log: quiet })
    const find = (market: Market) => ledger.accept({ kind: 'found', at: START, market })
    const late = { conditionId: conditionId(`0x${'d'.repeat(64)}`), startAt: at(900) }
    find(aMarket({ ...late, takerHold: null }))
    find(aMarket())
    find(aMarket({ conditionId: conditionId(`0x${'e'.repeat(64)}`), asset: 'eth' }))
    await ledger.close()
    const known = lastMarkets(path)
    expect(known.map(({ asset, startAt }) => [asset, startAt]).sort()).toEqual([
      ['btc', at(900)],
      ['eth', START],
    ])
    const { told, find: next } = watching(known)
    next(aMarket({ startAt: at(1_800) }))
    expect(told).toMatchObject([
      { changes: [{ term: 'takers are held', before: 'not stated', now: 'yes' }] },
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
