/**
 * What others say of the strikes of the windows that run now, beside what the prices heard say: for verbs that look whether everybody agrees. One window of
 * each asset is enough for that.
 */
import type { EngineEvent, StrikeCandle, StrikeQuote } from '../domain/events.ts'
import type { Asset } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { EventSink } from '../domain/ports.ts'
import { formatE18, parsePriceE18 } from '../domain/price.ts'
import type { Truth } from '../domain/truth.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import { createTruths } from '../engine/truth.ts'
import { candlesOf } from '../runtime/candles-of.ts'
import { type Line, ok, warning } from './doctor-line.ts'

export type CrossCheck = {
  readonly slug: string
  /** Who says it: `page`, or an exchange and its candle. */
  readonly from: string
  /** Null where nothing came. */
  readonly said: string | null
  /** The page's since it came, a candle's since its end. */
  readonly ageSec: number | null
  /** What it says less the strike, in dollars; null where no strike is known beside it. */
  readonly difference: string | null
  /** The strike that it was held against. */
  readonly strike: Truth['strike']
}

export type CrossChecks = {
  readonly emit: EventSink
  /** Asks about the windows that run. */
  ask(listed: readonly Market[], venueNow: Micros, askStrike: (market: Market) => void): void
  /** Something was said of every window asked about, by the page and by an exchange. */
  isComplete(): boolean
  list(now: Micros, venueNow: Micros): readonly CrossCheck[]
}

export function createCrossChecks(): CrossChecks {
  const truths = createTruths({ holdMicros: () => 0, burstSec: 3 })
  const asked = new Map<Asset, Market>()
  const pages = new Map<string, StrikeQuote>()
  const candles = new Map<string, StrikeCandle>()

  function emit(event: EngineEvent): void {
    if (event.kind === 'price_tick') truths.apply(event)
    if (event.kind === 'strike_quote') {
      truths.quote(event)
      pages.set(event.conditionId, event)
    }
    if (event.kind === 'strike_candle') {
      truths.candle(event)
      candles.set(event.conditionId, event)
    }
  }

  function ofMarket(market: Market, now: Micros, venueNow: Micros): CrossCheck[] {
    const { slug, conditionId } = market
    const { strike } = truths.of(market, venueNow)
    const page = pages.get(conditionId)
    const candle = candles.get(conditionId)
    // The page may be all there is of a strike: held against itself it says nothing.
    const other = strike === null || strike.source === 'cross_check' ? null : strike
    return [
      {
        slug,
        from: 'page',
        said: page?.price ?? null,
        ageSec: page === undefined ? null : (now - page.recvAt) / MICROS_PER_SECOND,
        difference: page === undefined ? null : differenceOf(page.price, page.price, other),
        strike,
      },
      ...(hasCandle(market) ? [{ slug, strike, ...wordOf(market, candle, venueNow, strike) }] : []),
    ]
  }

  return {
    emit,
    ask(listed, venueNow, askStrike) {
      for (const market of listed) {
        const runs = market.startAt <= venueNow && venueNow < market.endAt
        if (!runs || asked.has(market.asset)) continue
        asked.set(market.asset, market)
        askStrike(market)
      }
    },
    isComplete: () =>
      [...asked.values()].every(
        (market) =>
          pages.has(market.conditionId) && (!hasCandle(market) || candles.has(market.conditionId)),
      ),
    list: (now, venueNow) =>
      [...asked.values()].flatMap((market) => ofMarket(market, now, venueNow)),
  }
}

/** A window that starts between two minutes, as embedded ones do, has none. */
function hasCandle(market: Market): boolean {
  return candlesOf(market).length > 0
}

function wordOf(
  market: Market,
  candle: StrikeCandle | undefined,
  venueNow: Micros,
  strike: Truth['strike'],
) {
  if (candle === undefined) return { from: 'candle', said: null, ageSec: null, difference: null }
  const { feed, seconds, openAt, open, low, high } = candle
  const isOwn = openAt === market.startAt
  const endAt = openAt + seconds * MICROS_PER_SECOND
  return {
    from: `${feed} candle`,
    said: isOwn ? `opened at ${open}` : `${low} to ${high} in the ${seconds} s before`,
    ageSec: (venueNow - (isOwn ? openAt : endAt)) / MICROS_PER_SECOND,
    difference: isOwn ? differenceOf(open, open, strike) : differenceOf(low, high, strike),
  }
}

/** Of the nearer edge; nothing where the strike lies between them. */
function differenceOf(low: string, high: string, strike: Truth['strike']): string | null {
  const [from, to] = [parsePriceE18(low), parsePriceE18(high)]
  const price = strike === null ? null : parsePriceE18(strike.price)
  if (from === null || to === null || price === null) return null
  if (price < from) return formatE18(from - price)
  return price > to ? formatE18(to - price) : '0'
}

/** As people read it. */
export function crossCheckText({ said, ageSec, difference, strike }: CrossCheck): string {
  if (said === null) return 'said nothing'
  const age = `${said}, ${(ageSec ?? 0).toFixed(1)} s old`
  if (difference === null || strike === null) return `${age}; no strike to hold it against`
  const held = `${Number(difference).toFixed(4)} from the strike (${strike.source}, ${strike.certainty})`
  return `${age}; ${held}`
}

export function crossCheckLines(checks: readonly CrossCheck[]): Line[] {
  return checks.map((one) => {
    const name = `cross-check ${one.slug} ${one.from}`
    const detail = crossCheckText(one)
    const conflict = one.strike?.conflict ?? null
    if (conflict !== null)
      return warning(name, `${detail}: ${conflict}`, 'windows in conflict are not shot at by price')
    if (one.said !== null) return ok(name, detail)
    const fix = 'nothing need be done: strikes are then known from fewer sources'
    return warning(name, detail, fix)
  })
}
