import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineFact } from '../../src/domain/facts.ts'
import type { Log } from '../../src/domain/ports.ts'
import { microUsdc, ticks } from '../../src/domain/units.ts'
import { createMarketFolder } from '../../src/telemetry/market-folder.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => {
    throw new Error(`${message} ${JSON.stringify(fields)}`)
  },
}

/** The facts of one window in which a shot was filled. */
function filledWindow(market = aMarket()): EngineFact[] {
  const harness = createHarness(someSettings())
  harness.clock(at(600))
  harness.list(market, at(600))
  harness.runTo(at(898))
  harness.books(market, at(898), 9_500, 9_600)
  harness.runTo(at(899))
  const order = harness.asked('submit')[0]?.order
  if (order === undefined) throw new Error('no shot')
  harness.send({
    kind: 'order_outcome',
    venueId: null,
    orderId: order.id,
    outcome: {
      state: 'filled',
      fills: [{ price: ticks(9_600), shares: order.shares }],
      shares: order.shares,
      cost: order.spend,
      fee: microUsdc(13_440),
      finality: 'confirmed',
    },
    recvAt: at(899.2),
    venueAt: null,
  })
  harness.resolve(market, 'UP', at(905))
  return harness.facts
}

async function written(facts: readonly EngineFact[], dir: string): Promise<void> {
  const folder = createMarketFolder({ dir, log })
  for (const fact of facts) folder.accept(fact)
  await folder.close()
}

function read(dir: string, ...names: string[]): string[] {
  return readFileSync(join(dir, ...names), 'utf8')
    .trimEnd()
    .split('\n')
}

test('a window leaves its name, its signals, its order, its fill and its latency', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'folder-'))
  await written(filledWindow(), dir)
  const slug = 'btc-updown-15m-1795194000'
  expect(readdirSync(join(dir, '15m', slug)).sort()).toEqual([
    'fills.csv',
    'latency.csv',
    'market_info.txt',
    'orders.csv',
    'signals.csv',
  ])
  expect(read(dir, '15m', slug, 'market_info.txt')[0]).toBe(`slug: ${slug}`)
  const signals = read(dir, '15m', slug, 'signals.csv')
  expect(signals[0]).toBe(
    'at_utc,left_ms,side,refused_by,why,up_bid,up_ask,down_bid,down_ask,limit,spend_usd',
  )
  expect(signals.at(-1)).toMatch(/^2026-11-20T17:14:59\.000Z,1000,UP,,.*,0\.95,0\.96,0\.04,0\.05,/)
  const [orderHead, order] = read(dir, '15m', slug, 'orders.csv')
  expect(orderHead).toBe('at_utc,order_id,strategy,side,limit,shares,spend_usd')
  expect(order).toMatch(/,last-second,UP,/)
  const [fillHead, fill] = read(dir, '15m', slug, 'fills.csv')
  expect(fillHead).toBe('at_utc,order_id,state,shares,cost_usd,fee_usd,reason')
  expect(fill).toMatch(/^2026-11-20T17:14:59\.200Z,[^,]+,filled,[0-9.]+,[0-9.]+,0\.01344,$/)
  const [latencyHead, latency] = read(dir, '15m', slug, 'latency.csv')
  expect(latencyHead).toBe(
    'at_utc,decided_utc,trigger_error_us,decision_to_outcome_us,book_age_us,write_us,first_byte_us,answer_us,matched_us,mined_us,confirmed_us,loop_lag_us,gc_us',
  )
  // Nothing is written, answered or mined on paper.
  expect(latency).toMatch(/^[^,]+,2026-11-20T17:14:59\.000Z,\d+,200000,\d+,,,,,,,,$/)
})

test('a bot that comes back goes on in the same files: one heading each', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'folder-'))
  await written(filledWindow(), dir)
  await written(filledWindow(), dir)
  const orders = read(dir, '15m', 'btc-updown-15m-1795194000', 'orders.csv')
  expect(orders).toHaveLength(3)
  expect(orders.filter((line) => line.startsWith('at_utc'))).toHaveLength(1)
})

test.each(['..', '../../etc', 'a/../../b', '.'])(
  'a window named %s stays in its folder',
  async (slug) => {
    const dir = mkdtempSync(join(tmpdir(), 'folder-'))
    await written(filledWindow(aMarket({ slug })), join(dir, 'logs'))
    expect(readdirSync(dir)).toEqual(['logs'])
    expect(readdirSync(join(dir, 'logs'))).toEqual(['15m'])
    const [name] = readdirSync(join(dir, 'logs', '15m'))
    expect(readdirSync(join(dir, 'logs', '15m', name ?? ''))).toContain('orders.csv')
  },
)

test('a reason with commas and quotes is one cell', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'folder-'))
  const facts = filledWindow().map((fact) =>
    fact.kind === 'decided'
      ? { ...fact, decision: { ...fact.decision, why: 'no, "never"\nagain' } }
      : fact,
  )
  await written(facts, dir)
  const text = readFileSync(join(dir, '15m', 'btc-updown-15m-1795194000', 'signals.csv'), 'utf8')
  expect(text).toContain(',"no, ""never""\nagain",')
})
