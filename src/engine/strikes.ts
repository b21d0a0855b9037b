/**
 * The strike of each window, from everything that says something of it. It is asked for with every price, and settled long before: it is found anew only
 * when something was heard that it is made of, or a second has passed.
 */
import type { Market } from '../domain/market.ts'
import type { PriceE18 } from '../domain/price.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { Prints } from '../pricing/prints.ts'
import type { SettlementRule } from '../pricing/settlement-rule.ts'
import { spanOf } from '../pricing/settlement-span.ts'
import { findStrike, type Strike } from '../pricing/strike.ts'
import type { AssetPrices } from './asset-prices.ts'
import type { StrikeChecks } from './strike-checks.ts'
import { strikeText } from './truth-told.ts'

/** What a window started from. */
export type Started = {
  readonly strike: Strike | null
  readonly text: Truth['strike']
  /** Where a candle settles it, and is over. */
  readonly candleClose: PriceE18 | null
}

export type Strikes = {
  of(market: Market, rule: SettlementRule, one: AssetPrices, venueNow: Micros): Started
}

type Kept = {
  readonly prices: number
  readonly words: number
  readonly sec: number
  readonly started: Started
}

export function createStrikes(checks: Pick<StrikeChecks, 'of' | 'version'>): Strikes {
  const found = new WeakMap<Market, Kept>()
  return {
    of(market, rule, one, venueNow) {
      const sec = Math.floor(venueNow / MICROS_PER_SECOND)
      const words = checks.version()
      const kept = found.get(market)
      const isGood =
        kept !== undefined &&
        kept.sec === sec &&
        kept.words === words &&
        kept.prices === one.settledVersion
      if (isGood) return kept.started
      const started = startOf(market, rule, one, { sec, checks })
      // An exchange's trades may still change what was made of them.
      if (started.strike !== null && started.strike.source !== 'exchange')
        found.set(market, { prices: one.settledVersion, words, sec, started })
      return started
    },
  }
}

function startOf(
  market: Market,
  rule: SettlementRule,
  one: AssetPrices,
  { sec, checks }: { readonly sec: number; readonly checks: Pick<StrikeChecks, 'of'> },
): Started {
  const others = checks.of(market, rule, one.basis.at)
  const candle = rule.kind === 'candle'
  const prints = candle ? one.candleExchange : one.prints
  const startSec = Math.floor(market.startAt / MICROS_PER_SECOND)
  const strike = findStrike(rule, {
    startSec,
    averages: candle ? null : one.averages,
    prints,
    roundedAverages: candle ? null : one.roundedAverages,
    candleOpen: others.candleOpen,
    crossCheck: others.site,
    range: others.range,
    exchange: candle ? one.candleExchange : one.exchange,
    basis: one.basis.at(sec),
    sigma: one.volatility.at(sec)?.sigma ?? null,
  })
  const { candleClose } = others
  if (strike === null) return { strike, text: null, candleClose }
  const text = strikeText(strike, hasBoundaryGap(strike, rule, prints, startSec))
  return { strike, text, candleClose }
}

/** A mean that ends in nothing, or after which nothing was heard, says little about the instant it is for. */
function hasBoundaryGap(
  strike: Strike,
  rule: SettlementRule,
  prints: Prints,
  startSec: number,
): boolean {
  if (strike.source !== 'prints') return false
  const { toSec } = spanOf(rule, startSec)
  return prints.at(toSec - 1) === null || prints.at(toSec) === null
}
