/**
 * What is known of the assets' own prices, and what it says of each window: strike, projection, chance. It is fed with every price and asked at every
 * decision; the answer is kept until something it was made of changes.
 */
import type { PriceTick, StrikeCandle, StrikeQuote } from '../domain/events.ts'
import type { Asset, ConditionId, Interval } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { dollarsForProbability, formatE18, parsePriceE18 } from '../domain/price.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { type Basis, createBasis } from '../pricing/basis.ts'
import { fairValue } from '../pricing/fair-value.ts'
import { USUAL_JUMPS } from '../pricing/jumps.ts'
import { holdHaircut, WARY, winChance } from '../pricing/odds.ts'
import { createPrints, type Prints } from '../pricing/prints.ts'
import { type Projection, project } from '../pricing/settlement.ts'
import {
  type RuleReading,
  readSettlementRule,
  type SettlementRule,
} from '../pricing/settlement-rule.ts'
import { findStrike, type Strike } from '../pricing/strike.ts'
import { createVolatility, type VolatilityTracker } from '../pricing/volatility.ts'
import { candleTrade, currentOf, type LastTrade } from './current-price.ts'
import { createStrikeChecks, type StrikeWords } from './strike-checks.ts'

/** By how much the venue's average may lie beside ours: its sampling is not published. */
const ALIGNMENT_SEC = 1
/** An answer is good for this long when no price came. */
const FRESH_MICROS = 100 * MICROS_PER_MS

type Known = {
  /** The settlement source's prints and its own averages by their second. */
  readonly prints: Prints
  readonly averages: Prints
  readonly roundedAverages: Prints
  /** The exchange's last trade of each second. */
  readonly exchange: Prints
  /** Of the one whose candles settle windows: another one's dollars are not its dollars. */
  readonly candleExchange: Prints
  readonly basis: Basis
  readonly volatility: VolatilityTracker
  lastTrade: LastTrade | null
  lastCandleTrade: LastTrade | null
  version: number
}

const CANDLE_EXCHANGE = 'binance'

export type Truths = {
  apply(tick: PriceTick): void
  quote(quote: StrikeQuote): void
  candle(candle: StrikeCandle): void
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
  const checks = createStrikeChecks()
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
        roundedAverages: createPrints(),
        exchange: createPrints(),
        candleExchange: createPrints(),
        basis: createBasis(),
        volatility: createVolatility(),
        lastTrade: null,
        lastCandleTrade: null,
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
    if (tick.rounded === true && tick.series === 'twap60') one.roundedAverages.add(print, sec)
    if (tick.rounded === true && (tick.series !== 'spot' || one.prints.at(sec) !== null)) return
    if (!isSettlement) {
      one.exchange.add(print, sec)
      const isLast = (last: LastTrade | null): boolean => last === null || last.at <= venueAt
      if (isLast(one.lastTrade)) one.lastTrade = { price, at: venueAt }
      if (tick.feed !== CANDLE_EXCHANGE) return
      one.candleExchange.add(print, sec)
      if (isLast(one.lastCandleTrade)) one.lastCandleTrade = { price, at: venueAt }
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
    const reading = ruleOf(market)
    const truth = judge(market, one, {
      reading,
      words: reading.rule === null ? null : checks.of(market, reading.rule, one.basis.at),
      venueNow,
      holdMicros: holdMicros(market),
    })
    answers.set(market, { version: one.version, at: venueNow, truth })
    return truth
  }

  return {
    apply,
    // Whatever was answered without it is forgotten soon enough: answers are fresh for a tenth of a second.
    quote: checks.quote,
    candle: (candle) => checks.candle(candle, known(candle.asset).basis.at),
    forget: checks.forget,
    of,
  }
}

type Question = {
  readonly reading: RuleReading
  readonly words: StrikeWords | null
  readonly venueNow: Micros
  readonly holdMicros: number
}

function judge(
  market: Market,
  one: Known,
  { reading, words, venueNow, holdMicros }: Question,
): Truth {
  if (reading.rule === null) return unknown(null, reading.reason, null)
  const { rule } = reading
  const candle = rule.kind === 'candle'
  const nowSec = Math.floor(venueNow / MICROS_PER_SECOND)
  const volatility = one.volatility.at(nowSec)
  const prints = candle ? one.candleExchange : one.prints
  const strike = findStrike(rule, {
    startSec: Math.floor(market.startAt / MICROS_PER_SECOND),
    averages: candle ? null : one.averages,
    roundedAverages: candle ? null : one.roundedAverages,
    prints,
    candleOpen: words?.candleOpen ?? null,
    crossCheck: words?.site ?? null,
    range: words?.range ?? null,
    exchange: candle ? one.candleExchange : one.exchange,
    basis: one.basis.at(nowSec),
    sigma: volatility?.sigma ?? null,
  })
  if (strike === null) return unknown(wordsOf(rule), 'the strike is not known', null)
  if (strike.conflict !== null) return unknown(wordsOf(rule), strike.conflict, strike)
  const endSec = Math.floor(market.endAt / MICROS_PER_SECOND)
  const projected = project({
    rule,
    strike,
    endSec,
    now: venueNow,
    prints,
    finalTick: candle ? (words?.candleClose ?? null) : one.averages.at(endSec),
    current: candle ? candleTrade(one, venueNow) : currentOf(one, nowSec, venueNow),
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
  const { source, certainty, crossCheckGap, conflict } = strike
  return {
    price: formatE18(strike.price),
    source,
    certainty,
    crossCheckGap: crossCheckGap === null ? null : formatE18(crossCheckGap),
    conflict,
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
