/**
 * What is known of the assets' own prices, and what it says of each window: strike, projection, chance. It is fed with every price and asked at every
 * decision; the answer is kept until something it was made of changes.
 */
import type { PriceTick, StrikeCandle, StrikeQuote } from '../domain/events.ts'
import type { Asset, ConditionId, Interval } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { PriceHealth, Truth } from '../domain/truth.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { fairValue } from '../pricing/fair-value.ts'
import { USUAL_JUMPS } from '../pricing/jumps.ts'
import { holdHaircut, WARY } from '../pricing/odds.ts'
import type { Prints } from '../pricing/prints.ts'
import { project } from '../pricing/settlement.ts'
import { type RuleReading, readSettlementRule } from '../pricing/settlement-rule.ts'
import type { Strike } from '../pricing/strike.ts'
import type { Volatility } from '../pricing/volatility.ts'
import { type AssetPrices, createAssetPrices, hearTick } from './asset-prices.ts'
import { candleTrade, currentOf } from './current-price.ts'
import { healthOf } from './price-health.ts'
import { createStrikeChecks } from './strike-checks.ts'
import { createStrikes, type Started } from './strikes.ts'
import { told, unknown, wordsOf } from './truth-told.ts'

/** By how much the venue's average may lie beside ours: its sampling is not published. */
const ALIGNMENT_SEC = 1
/** An answer is good for this long when no price came. */
const FRESH_MICROS = 100 * MICROS_PER_MS

export type Truths = {
  apply(tick: PriceTick): void
  quote(quote: StrikeQuote): void
  candle(candle: StrikeCandle): void
  forget(conditionId: ConditionId): void
  of(market: Market, venueNow: Micros): Truth
  /** The last answer, however old. */
  known(market: Market): Truth | null
}

const INTERVAL_SEC: Readonly<Record<Interval, number>> = {
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '4h': 14_400,
}

export type TruthSettings = {
  holdMicros(market: Market): number
  /** Over how many seconds a burst of the price is looked for. */
  readonly burstSec: number
}

export function createTruths(settings: TruthSettings): Truths {
  const assets = new Map<Asset, AssetPrices>()
  const checks = createStrikeChecks()
  const rules = new WeakMap<Market, RuleReading>()
  const answers = new WeakMap<
    Market,
    { readonly version: number; readonly at: Micros; readonly truth: Truth }
  >()
  const strikes = createStrikes(checks)

  function known(asset: Asset): AssetPrices {
    let one = assets.get(asset)
    if (one === undefined) {
      one = createAssetPrices()
      assets.set(asset, one)
    }
    return one
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
      started: reading.rule === null ? null : strikes.of(market, reading.rule, one, venueNow),
      venueNow,
      holdMicros: settings.holdMicros(market),
      burstSec: settings.burstSec,
    })
    answers.set(market, { version: one.version, at: venueNow, truth })
    return truth
  }

  return {
    apply: (tick) => hearTick(known(tick.asset), tick),
    // Whatever was answered without it is forgotten soon enough: answers are fresh for a tenth of a second.
    quote: checks.quote,
    candle: (candle) => checks.candle(candle, known(candle.asset).basis.at),
    forget: checks.forget,
    of,
    known: (market) => answers.get(market)?.truth ?? null,
  }
}

type Question = {
  readonly reading: RuleReading
  /** Null where the rule is not known. */
  readonly started: Started | null
  readonly venueNow: Micros
  readonly holdMicros: number
  readonly burstSec: number
}

function judge(
  market: Market,
  one: AssetPrices,
  { reading, started, venueNow, holdMicros, burstSec }: Question,
): Truth {
  const candle = reading.rule?.kind === 'candle'
  const nowSec = Math.floor(venueNow / MICROS_PER_SECOND)
  const volatility = one.volatility.at(nowSec)
  const basis = one.basis.at(nowSec)
  const sigma = volatility?.sigma ?? null
  const health = (missing: number | null): PriceHealth =>
    healthOf(one, { candle, basis, venueNow, burstSec, missing })
  if (reading.rule === null)
    return unknown({ rule: null, doubt: reading.reason, strike: null, sigma, health: health(null) })
  const { rule } = reading
  const prints = candle ? one.candleExchange : one.prints
  const words = wordsOf(rule)
  if (started === null || started.strike === null) {
    const doubt = 'the strike is not known'
    return unknown({ rule: words, doubt, strike: null, sigma, health: health(null) })
  }
  const { strike, text: strikeWords } = started
  if (strike.conflict !== null) {
    const doubt = strike.conflict
    return unknown({ rule: words, doubt, strike: strikeWords, sigma, health: health(null) })
  }
  const endSec = Math.floor(market.endAt / MICROS_PER_SECOND)
  const projected = project({
    rule,
    strike,
    endSec,
    now: venueNow,
    prints,
    finalTick: candle ? started.candleClose : one.averages.at(endSec),
    current: candle ? candleTrade(one, venueNow) : currentOf(one, nowSec, venueNow),
    volatility,
    alignmentSec: ALIGNMENT_SEC,
    jumps: USUAL_JUMPS,
  })
  if (projected.projection === null) {
    const doubt = projected.reason
    return unknown({ rule: words, doubt, strike: strikeWords, sigma, health: health(null) })
  }
  const { projection } = projected
  const haircut = holdHaircut({
    projection,
    sigma: sigma ?? 0,
    holdSec: holdMicros / MICROS_PER_SECOND,
    wary: WARY,
  })
  return told(words, strikeWords, projection, {
    haircut,
    ...byLastPrice(market, one, { venueNow, strike, volatility, prints }),
    sigma,
    health: health(projection.filled),
  })
}

type LastPriceQuestion = {
  readonly venueNow: Micros
  readonly strike: Strike
  readonly volatility: Volatility | null
  readonly prints: Prints
}

function byLastPrice(
  market: Market,
  one: AssetPrices,
  { venueNow, strike, volatility, prints }: LastPriceQuestion,
): Pick<Truth, 'fairYes' | 'spot'> {
  const price = one.lastTrade?.price ?? prints.newest()?.price ?? null
  if (price === null) return { fairYes: null, spot: null }
  const spot = price >= strike.price ? 'UP' : 'DOWN'
  if (volatility === null) return { fairYes: null, spot }
  const leftSec = (market.endAt - venueNow) / MICROS_PER_SECOND
  const { sigma, error: sigmaError } = volatility
  const fair = fairValue({ price, strike: strike.price, sigma, sigmaError, leftSec })
  return { fairYes: fair.yes, spot }
}
