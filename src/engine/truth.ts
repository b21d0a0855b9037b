/**
 * What is known of the assets' own prices, and what it says of each window: strike, projection, chance. It is fed with every price and asked at every
 * decision; the answer is kept until something it was made of changes.
 */
import type { PriceTick, StrikeQuote } from '../domain/events.ts'
import type { Asset, ConditionId, Interval } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { dollarsForProbability, formatE18, type PriceE18, parsePriceE18 } from '../domain/price.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { type Basis, createBasis } from '../pricing/basis.ts'
import { fairValue } from '../pricing/fair-value.ts'
import { USUAL_JUMPS } from '../pricing/jumps.ts'
import { holdHaircut, winChance } from '../pricing/odds.ts'
import { createPrints, type Prints } from '../pricing/prints.ts'
import { type Projection, project } from '../pricing/settlement.ts'
import type { CurrentPrice } from '../pricing/settlement-outlook.ts'
import {
  type RuleReading,
  readSettlementRule,
  type SettlementRule,
} from '../pricing/settlement-rule.ts'
import { findStrike, type Strike } from '../pricing/strike.ts'
import { createVolatility, type VolatilityTracker } from '../pricing/volatility.ts'

/** Of sellers, those who leave while we are held when the price moves for us. */
const WARY = 0.5
/** By how much the venue's average may lie beside ours: its sampling is not published. */
const ALIGNMENT_SEC = 1
/** An exchange price older than this is no current price. */
const EXCHANGE_AGE_MAX_MICROS = 3 * MICROS_PER_SECOND
/** An answer is good for this long when no price came. */
const FRESH_MICROS = 100 * MICROS_PER_MS

type Known = {
  /** The settlement source's prints and its own averages by their second. */
  readonly prints: Prints
  readonly averages: Prints
  /** The exchange's last trade of each second. */
  readonly exchange: Prints
  readonly basis: Basis
  readonly volatility: VolatilityTracker
  lastTrade: { readonly price: PriceE18; readonly at: Micros } | null
  version: number
}

export type Truths = {
  apply(tick: PriceTick): void
  quote(quote: StrikeQuote): void
  forget(conditionId: ConditionId): void
  of(market: Market, venueNow: Micros): Truth
}

const INTERVAL_SEC: Readonly<Record<Interval, number>> = {
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '4h': 14_400,
}

export function createTruths(holdMicros: (market: Market) => number): Truths {
  const assets = new Map<Asset, Known>()
  const quotes = new Map<ConditionId, PriceE18>()
  const rules = new WeakMap<Market, RuleReading>()
  const answers = new WeakMap<
    Market,
    { readonly version: number; readonly at: Micros; readonly truth: Truth }
  >()

  function known(asset: Asset): Known {
    let one = assets.get(asset)
    if (one === undefined) {
      one = {
        prints: createPrints(),
        averages: createPrints(),
        exchange: createPrints(),
        basis: createBasis(),
        volatility: createVolatility(),
        lastTrade: null,
        version: 0,
      }
      assets.set(asset, one)
    }
    return one
  }

  function apply(tick: PriceTick): void {
    const price = parsePriceE18(tick.price)
    if (price === null || tick.venueAt === null) return
    const one = known(tick.asset)
    one.version += 1
    const { venueAt, recvAt } = tick
    const sec = Math.floor(venueAt / MICROS_PER_SECOND)
    const print = { sec, price, recvAt }
    const isSettlement = tick.feed === 'rtds' || tick.feed === 'polybolt'
    // A float is near enough to watch, not to be settled on.
    if (tick.rounded === true && (tick.series !== 'spot' || one.prints.at(sec) !== null)) return
    if (!isSettlement) {
      one.exchange.add(print, sec)
      if (one.lastTrade === null || one.lastTrade.at <= venueAt)
        one.lastTrade = { price, at: venueAt }
      return
    }
    if (tick.series === 'twap60') one.averages.add(print, sec)
    if (tick.series !== 'spot') return
    one.prints.add(print, sec)
    one.volatility.add(sec, dollarsForProbability(price))
    const trade = one.exchange.at(sec)
    if (trade !== null) one.basis.add(sec, price, trade)
  }

  function ruleOf(market: Market): RuleReading {
    let reading = rules.get(market)
    if (reading === undefined) {
      const { asset, interval, resolutionSource, rules: texts } = market
      reading = readSettlementRule({
        asset,
        windowSec: INTERVAL_SEC[interval],
        resolutionSource,
        description: texts.description,
        config: texts.averaging,
      })
      rules.set(market, reading)
    }
    return reading
  }

  function of(market: Market, venueNow: Micros): Truth {
    const one = known(market.asset)
    const kept = answers.get(market)
    if (kept !== undefined && kept.version === one.version && venueNow - kept.at < FRESH_MICROS)
      return kept.truth
    const truth = judge(market, one, {
      reading: ruleOf(market),
      crossCheck: quotes.get(market.conditionId) ?? null,
      venueNow,
      holdMicros: holdMicros(market),
    })
    answers.set(market, { version: one.version, at: venueNow, truth })
    return truth
  }

  return {
    apply,
    quote({ conditionId, price }) {
      const value = parsePriceE18(price)
      if (value !== null) quotes.set(conditionId, value)
      // Whatever was answered without it is forgotten soon enough: answers are fresh for a tenth of a second.
    },
    forget: (conditionId) => void quotes.delete(conditionId),
    of,
  }
}

type Question = {
  readonly reading: RuleReading
  readonly crossCheck: PriceE18 | null
  readonly venueNow: Micros
  readonly holdMicros: number
}

function judge(
  market: Market,
  one: Known,
  { reading, crossCheck, venueNow, holdMicros }: Question,
): Truth {
  if (reading.rule === null) return unknown(null, reading.reason, null)
  const { rule } = reading
  const candle = rule.kind === 'candle'
  const nowSec = Math.floor(venueNow / MICROS_PER_SECOND)
  const volatility = one.volatility.at(nowSec)
  const prints = candle ? one.exchange : one.prints
  const strike = findStrike(rule, {
    startSec: Math.floor(market.startAt / MICROS_PER_SECOND),
    averages: candle ? null : one.averages,
    prints,
    candleOpen: null,
    crossCheck,
    exchange: one.exchange,
    basis: one.basis.at(nowSec),
    sigma: volatility?.sigma ?? null,
  })
  if (strike === null) return unknown(wordsOf(rule), 'the strike is not known', null)
  const endSec = Math.floor(market.endAt / MICROS_PER_SECOND)
  const projected = project({
    rule,
    strike,
    endSec,
    now: venueNow,
    prints,
    finalTick: candle ? null : one.averages.at(endSec),
    current: candle ? ownTrade(one, venueNow) : currentOf(one, nowSec, venueNow),
    volatility,
    alignmentSec: ALIGNMENT_SEC,
    jumps: USUAL_JUMPS,
  })
  if (projected.projection === null) return unknown(wordsOf(rule), projected.reason, strike)
  const { projection } = projected
  const haircut = holdHaircut({
    projection,
    sigma: volatility?.sigma ?? 0,
    holdSec: holdMicros / MICROS_PER_SECOND,
    wary: WARY,
  })
  const last = one.lastTrade?.price ?? prints.newest()?.price ?? null
  const fair =
    last === null || volatility === null
      ? null
      : fairValue({
          price: last,
          strike: strike.price,
          sigma: volatility.sigma,
          sigmaError: volatility.error,
          leftSec: (market.endAt - venueNow) / MICROS_PER_SECOND,
        })
  return told(wordsOf(rule), projection, {
    haircut,
    fairYes: fair?.yes ?? null,
    spot: last === null ? null : last >= strike.price ? 'UP' : 'DOWN',
    sigma: volatility?.sigma ?? null,
  })
}

/** An exchange's word, moved by the basis where that is known. */
function currentOf(one: Known, nowSec: number, venueNow: Micros): CurrentPrice | null {
  const trade = ownTrade(one, venueNow)
  const basis = one.basis.at(nowSec)
  if (trade !== null && basis !== null) {
    const price = trade.price + basis.offset
    if (price > 0n) return { ...trade, price: price as PriceE18, error: basis.error }
  }
  const newest = one.prints.newest()
  if (newest === null) return null
  const at = (newest.sec * MICROS_PER_SECOND) as Micros
  return { price: newest.price, at, source: 'settlement', error: 0 }
}

function ownTrade({ lastTrade }: Known, venueNow: Micros): CurrentPrice | null {
  if (lastTrade === null || venueNow - lastTrade.at > EXCHANGE_AGE_MAX_MICROS) return null
  return { ...lastTrade, source: 'exchange', error: 0 }
}

function wordsOf(rule: SettlementRule): string {
  switch (rule.kind) {
    case 'twap':
      return `average of ${rule.lookbackSec} s`
    case 'candle':
      return `candle of ${rule.source}`
    case 'spot':
      return 'price of the second'
  }
}

function strikeText(strike: Strike): NonNullable<Truth['strike']> {
  const { source, certainty, crossCheckGap } = strike
  return {
    price: formatE18(strike.price),
    source,
    certainty,
    crossCheckGap: crossCheckGap === null ? null : formatE18(crossCheckGap),
  }
}

function told(
  rule: string,
  projection: Projection,
  beside: Pick<Truth, 'fairYes' | 'spot' | 'sigma' | 'haircut'>,
): Truth {
  const { winner, final, fixedShare, flipPrice, basedOn, strike } = projection
  return {
    rule,
    doubt: null,
    strike: strikeText(strike),
    winner,
    final: formatE18(final),
    fixedShare,
    flipPrice: flipPrice === null ? null : formatE18(flipPrice),
    win: winChance(projection, winner),
    ...beside,
    basedOn,
  }
}

function unknown(rule: string | null, doubt: string, strike: Strike | null): Truth {
  return {
    rule,
    doubt,
    strike: strike === null ? null : strikeText(strike),
    winner: null,
    final: null,
    fixedShare: null,
    flipPrice: null,
    win: null,
    fairYes: null,
    spot: null,
    sigma: null,
    haircut: 0,
    basedOn: null,
  }
}
