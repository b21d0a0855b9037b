/**
 * What others say of a window's strike: the venue's site, and the candles of exchanges. Of the exchange whose candle settles the window it is the strike
 * itself; of any other, and for averages, it only says between which prices the strike must lie.
 */
import type { StrikeCandle, StrikeQuote } from '../domain/events.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { type PriceE18, parsePriceE18, priceE18 } from '../domain/price.ts'
import { MICROS_PER_SECOND } from '../domain/units.ts'
import type { BasisEstimate } from '../pricing/basis.ts'
import type { SettlementRule } from '../pricing/settlement-rule.ts'
import type { StrikeRange } from '../pricing/strike-conflict.ts'

/** By how much the settlement source lies above an exchange, about a second. */
export type BasisAt = (sec: number) => BasisEstimate | null

export type StrikeWords = {
  readonly site: PriceE18 | null
  /** The first and the last trade, where a candle of that exchange settles the window. */
  readonly candleOpen: PriceE18 | null
  readonly candleClose: PriceE18 | null
  readonly range: StrikeRange | null
}

export type StrikeChecks = {
  /** Another number after each word that was heard. */
  version(): number
  quote(quote: StrikeQuote): void
  /** The basis of that moment is kept with it: later it is another one. */
  candle(candle: StrikeCandle, basisAt: BasisAt): void
  of(market: Market, rule: SettlementRule, basisAt: BasisAt): StrikeWords
  forget(conditionId: ConditionId): void
}

type Heard = { readonly candle: StrikeCandle; basis: BasisEstimate | null }

export function createStrikeChecks(): StrikeChecks {
  const quotes = new Map<ConditionId, PriceE18>()
  const candles = new Map<ConditionId, Heard[]>()
  let version = 0

  return {
    version: () => version,
    quote({ conditionId, price }) {
      version += 1
      const value = parsePriceE18(price)
      if (value !== null) quotes.set(conditionId, value)
    },
    candle(candle, basisAt) {
      version += 1
      const others = (candles.get(candle.conditionId) ?? []).filter(
        ({ candle: { feed, openAt, isOver } }) =>
          feed !== candle.feed || openAt !== candle.openAt || isOver !== candle.isOver,
      )
      const basis = basisAt(endSecOf(candle))
      candles.set(candle.conditionId, [...others, { candle, basis }])
    },
    of(market, rule, basisAt) {
      const heard = candles.get(market.conditionId) ?? []
      const site = quotes.get(market.conditionId) ?? null
      if (rule.kind === 'candle') {
        const settling = heard.filter(({ candle }) => candle.feed === rule.source)
        return { site, range: null, ...edgesOf(market, settling) }
      }
      return { site, candleOpen: null, candleClose: null, range: rangeOf(market, heard, basisAt) }
    },
    forget(conditionId) {
      quotes.delete(conditionId)
      candles.delete(conditionId)
    },
  }
}

function edgesOf(market: Market, heard: readonly Heard[]) {
  const first = heard.find(({ candle }) => candle.openAt === market.startAt)
  const last = heard.find(
    ({ candle }) => candle.isOver && endSecOf(candle) * MICROS_PER_SECOND === market.endAt,
  )
  return {
    candleOpen: first === undefined ? null : parsePriceE18(first.candle.open),
    candleClose: last === undefined ? null : parsePriceE18(last.candle.close),
  }
}

/** Of the stretch before the start, whoever tells it: an average of it cannot lie outside of its prices. */
function rangeOf(market: Market, heard: readonly Heard[], basisAt: BasisAt): StrikeRange | null {
  const before = heard.find(
    ({ candle }) => candle.isOver && endSecOf(candle) * MICROS_PER_SECOND === market.startAt,
  )
  if (before === undefined) return null
  before.basis ??= basisAt(endSecOf(before.candle))
  const { feed, low, high } = before.candle
  const [lowest, highest] = [parsePriceE18(low), parsePriceE18(high)]
  if (lowest === null || highest === null || lowest > highest) return null
  return { from: feed, low: priceE18(lowest), high: priceE18(highest), basis: before.basis }
}

function endSecOf({ openAt, seconds }: StrikeCandle): number {
  return Math.floor(openAt / MICROS_PER_SECOND) + seconds
}
