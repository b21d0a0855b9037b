/** The projection against the truth of the embedded venue: prices whose volatility changes by itself, with jumps, relayed late, some of them lost. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Asset } from '../../src/domain/ids.ts'
import { dollarsForProbability, type PriceE18, priceE18 } from '../../src/domain/price.ts'
import { micros } from '../../src/domain/units.ts'
import { createBasis } from '../../src/pricing/basis.ts'
import { USUAL_JUMPS } from '../../src/pricing/jumps.ts'
import { createPrints, type Prints } from '../../src/pricing/prints.ts'
import { type Projection, project } from '../../src/pricing/settlement.ts'
import type { CurrentPrice } from '../../src/pricing/settlement-outlook.ts'
import type { SettlementRule } from '../../src/pricing/settlement-rule.ts'
import { findStrike } from '../../src/pricing/strike.ts'
import { createVolatility } from '../../src/pricing/volatility.ts'
import { createExchangePath } from '../../src/sim/exchange-path.ts'
import { createPricePath, type Pin, type PricePath } from '../../src/sim/price-process.ts'
import { createRandom } from '../../src/sim/random.ts'
import { type WindowSpan, winnerOf } from '../../src/sim/window-truth.ts'

const FIRST = 1_000_000
const LENGTH = 300
const WINDOWS = 14
const RELAY_SEC = 2
const LOST_SHARE = 0.02
const TWAP: SettlementRule = { kind: 'twap', lookbackSec: 60, offsetSec: 0 }
const CANDLE: SettlementRule = { kind: 'candle', source: 'binance', intervalSec: LENGTH }

type Called = { readonly stated: number; readonly isFlip: boolean; readonly by: Projection }

const UNKNOWING = {
  rule: TWAP,
  finalTick: null,
  current: null,
  volatility: null,
  alignmentSec: 0,
  jumps: USUAL_JUMPS,
} as const

const e18 = (print: number): PriceE18 => priceE18(BigInt(print) * 10_000_000_000n)

function at(sec: number) {
  return micros(sec * 1_000_000)
}

/** What a client holds of a path: its prints up to a second, and how restless they were. */
function clientOf(seed: number, path: PricePath, lostShare: number) {
  const prints = createPrints(1_000)
  const volatility = createVolatility()
  const random = createRandom('lost', seed)
  let nextSec = path.oldestSec()
  return {
    prints,
    volatility,
    hearUntil(sec: number) {
      for (; nextSec <= sec; nextSec += 1) {
        if (random.chance(lostShare)) continue
        const price = e18(path.printAt(nextSec))
        prints.add({ sec: nextSec, price, recvAt: at(nextSec + RELAY_SEC) }, nextSec)
        volatility.add(nextSec, dollarsForProbability(price))
      }
    },
  }
}

function strikeOf(
  rule: SettlementRule,
  prints: Prints,
  startSec: number,
  path: PricePath,
  averages: Prints | null = null,
) {
  const strike = findStrike(rule, {
    startSec,
    averages,
    prints,
    candleOpen: rule.kind === 'candle' ? e18(path.printAt(startSec)) : null,
    crossCheck: null,
    roundedAverages: null,
    range: null,
    exchange: null,
    basis: null,
    sigma: null,
  })
  if (strike === null) throw new Error('no strike')
  return strike
}

type Setting = {
  readonly asset: Asset
  readonly rule: SettlementRule
  readonly left: number
  readonly withExchange: boolean
  /** How strongly the price is drawn to the strike in the later part of every window. */
  readonly pull: number
}

/** Every window of a path, as it was called so many seconds before its end. */
function callsOf(seed: number, { asset, rule, left, withExchange, pull }: Setting): Called[] {
  const options = {
    seed,
    asset,
    fromSec: FIRST - 400,
    keepSec: 9_000,
    pinAt: (sec: number): Pin | null => {
      const into = (sec - FIRST + LENGTH) % LENGTH
      return pull === 0 || into < 0.4 * LENGTH ? null : { startSec: sec - into, strength: pull }
    },
  }
  const path = createPricePath(options)
  const exchange = createExchangePath(seed, asset, path)
  const client = clientOf(seed, path, rule.kind === 'candle' ? 0 : LOST_SHARE)
  const basis = createBasis()
  let basisSec = path.oldestSec()
  const calls: Called[] = []
  for (let number = 0; number < WINDOWS; number += 1) {
    const startSec = FIRST + number * LENGTH
    const endSec = startSec + LENGTH
    const nowSec = endSec - left
    client.hearUntil(startSec + RELAY_SEC)
    if (client.prints.meanBefore(startSec, 60).missing > 3) continue
    const strike = strikeOf(rule, client.prints, startSec, path)
    client.hearUntil(nowSec - RELAY_SEC)
    for (; basisSec <= nowSec - RELAY_SEC; basisSec += 1) {
      const settlement = client.prints.at(basisSec)
      if (settlement !== null) basis.add(basisSec, settlement, e18(exchange.printAt(basisSec)))
    }
    const corrected = basis.at(nowSec)
    const current: CurrentPrice | null =
      withExchange && corrected !== null
        ? {
            price: priceE18(e18(exchange.printAt(nowSec)) + corrected.offset),
            at: at(nowSec),
            source: 'exchange',
            error: corrected.error,
          }
        : null
    const volatility = client.volatility.at(nowSec)
    const { projection, reason } = project({
      rule,
      strike,
      endSec,
      now: at(nowSec),
      prints: client.prints,
      finalTick: null,
      current,
      volatility,
      alignmentSec: 0,
      jumps: USUAL_JUMPS,
    })
    if (projection === null) throw new Error(reason)
    const span: WindowSpan = { startSec, endSec, rule: rule.kind === 'twap' ? 'twap60' : 'candle' }
    const isFlip = winnerOf(path, span) !== projection.winner
    calls.push({ stated: projection.flip.mid, isFlip, by: projection })
  }
  return calls
}

function manyCalls(setting: Omit<Setting, 'asset'>, seeds: number): Called[] {
  const calls: Called[] = []
  for (let seed = 1; seed <= seeds; seed += 1) {
    const asset = (['btc', 'eth', 'sol', 'xrp'] as const)[seed % 4] ?? 'btc'
    calls.push(...callsOf(seed, { ...setting, asset }))
  }
  return calls
}

const BUCKETS = [0, 0.01, 0.05, 0.15, 0.3, 0.501] as const

describe('the projection and the truth of the embedded venue', () => {
  test('are the same when every print is known, ties included', () => {
    // Few prices, so that many windows end where they began.
    const anyPrints = fc.array(fc.integer({ min: 5_000_000_000, max: 5_000_000_002 }), {
      minLength: 120,
      maxLength: 120,
    })
    let ties = 0
    fc.assert(
      fc.property(anyPrints, (list) => {
        const startSec = FIRST
        const endSec = FIRST + 60
        const printAt = (sec: number) => list[sec - FIRST + 60] ?? 5_000_000_000
        const sumBefore = (sec: number, count: number) =>
          Array.from({ length: count }, (_, index) => printAt(sec - 1 - index)).reduce(
            (a, b) => a + b,
            0,
          )
        const path: PricePath = {
          oldestSec: () => FIRST - 60,
          printAt,
          sumBefore,
          sigmaAt: () => 0,
        }
        const client = clientOf(1, path, 0)
        client.hearUntil(endSec - 1)
        // The tick of the venue is its mean, cut after the eighteenth decimal.
        const tick = priceE18((BigInt(sumBefore(startSec, 60)) * 10_000_000_000n) / 60n)
        const averages = createPrints(300)
        averages.add({ sec: startSec, price: tick, recvAt: at(startSec + RELAY_SEC) }, startSec)
        const span: WindowSpan = { startSec, endSec, rule: 'twap60' }
        if (sumBefore(startSec, 60) === sumBefore(endSec, 60)) ties += 1
        for (const known of [averages, null]) {
          const strike = strikeOf(TWAP, client.prints, startSec, path, known)
          expect(strike.source).toBe(known === null ? 'prints' : 'tick')
          expect(strike.price).toBe(tick)
          const now = at(endSec)
          const { projection } = project({
            ...UNKNOWING,
            strike,
            endSec,
            now,
            prints: client.prints,
          })
          expect(projection?.winner).toBe(winnerOf(path, span))
          expect(projection?.flip.high).toBe(0)
        }
      }),
      { numRuns: 300 },
    )
    expect(ties).toBeGreaterThan(5)
  })

  test.each([
    { name: 'average, T-10', rule: TWAP, left: 10, withExchange: false, rightMin: 0.975 },
    {
      name: 'average, T-10, with an exchange',
      rule: TWAP,
      left: 10,
      withExchange: true,
      rightMin: 0.98,
    },
    { name: 'average, T-30', rule: TWAP, left: 30, withExchange: false, rightMin: 0.93 },
    { name: 'average, T-75', rule: TWAP, left: 75, withExchange: false, rightMin: 0.8 },
    {
      name: 'average, T-10, drawn to the strike',
      rule: TWAP,
      left: 10,
      withExchange: false,
      rightMin: 0.93,
      pull: 0.05,
    },
    { name: 'candle, T-10', rule: CANDLE, left: 10, withExchange: false, rightMin: 0.85 },
  ])(
    '$name: flips come as often as they are said to',
    ({ rule, left, withExchange, rightMin, pull = 0 }) => {
      const calls = manyCalls({ rule, left, withExchange, pull }, 240)
      expect(calls.length).toBeGreaterThan(3_000)
      const right = calls.filter((call) => !call.isFlip).length / calls.length
      for (let index = 1; index < BUCKETS.length; index += 1) {
        const [low, high] = [BUCKETS[index - 1] as number, BUCKETS[index] as number]
        const inside = calls.filter(({ stated }) => stated >= low && stated < high)
        expect(inside.length).toBeGreaterThan(20)
        const expected = inside.reduce((sum, { stated }) => sum + stated, 0)
        const noise = Math.sqrt(inside.reduce((sum, { stated }) => sum + stated * (1 - stated), 0))
        const flips = inside.filter(({ isFlip }) => isFlip).length
        // Never too sure; a little too careful is allowed, since the larger of two volatilities is taken.
        expect(flips, `flips from ${low}`).toBeLessThan(expected + 3 * noise)
        expect(flips, `flips from ${low}`).toBeGreaterThan(0.75 * expected - 3 * noise)
      }
      const worst = calls.reduce((sum, { by }) => sum + by.flip.high, 0)
      const best = calls.reduce((sum, { by }) => sum + by.flip.low, 0)
      const flips = calls.filter(({ isFlip }) => isFlip).length
      expect(flips).toBeLessThan(worst + 3 * Math.sqrt(worst))
      expect(flips).toBeGreaterThan(best - 3 * Math.sqrt(best))
      expect(right).toBeGreaterThan(rightMin)
    },
  )
})
