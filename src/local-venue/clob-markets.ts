/** What the CLOB says of a market: once in short keys, once in long ones. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { MIN_ORDER_SHARES } from './book-text.ts'
import { middle } from './clob-prices.ts'
import type { Faults } from './faults.ts'
import { outcomeOf, type VenueMarket } from './market.ts'
import { descriptionOf } from './rules-text.ts'

type Deps = { readonly faults: Faults }

const REWARDS = { rates: null, min_size: 50, max_spread: 4.5 }

/** Short keys; what is false is left out. */
export function compactMarket(deps: Deps, market: VenueMarket): unknown {
  return {
    c: market.conditionId,
    t: tokensInOrder(deps, market).map((token) => ({ t: token, o: outcomeOf(market, token) })),
    mts: market.tick / TICKS_PER_DOLLAR,
    mos: MIN_ORDER_SHARES,
    fd: { r: 0.07, e: 1, to: true },
    mbf: 1000,
    tbf: 1000,
    r: { mi: 50, ma: 4.5, e: true },
    ...(market.result === null ? { ao: true } : {}),
    itode: true,
    aot: acceptingSince(market),
    ...(deps.faults.strikes('no-version', market) ? {} : { v: market.version }),
  }
}

export function longMarket(deps: Deps, market: VenueMarket): unknown {
  const { series, window, result } = market
  const image = `https://polymarket-upload.s3.us-east-2.amazonaws.com/${series.asset}.png`
  return {
    condition_id: market.conditionId,
    question_id: market.questionId,
    question: market.title,
    market_slug: market.slug,
    active: true,
    closed: result !== null,
    archived: false,
    accepting_orders: result === null,
    accepting_order_timestamp: acceptingSince(market),
    enable_order_book: true,
    minimum_order_size: MIN_ORDER_SHARES,
    minimum_tick_size: market.tick / TICKS_PER_DOLLAR,
    seconds_delay: 0,
    maker_base_fee: 1000,
    taker_base_fee: 1000,
    neg_risk: false,
    neg_risk_market_id: '',
    neg_risk_request_id: '',
    // A date only: never the end of the window.
    end_date_iso: `${isoSeconds(window.endSec * 1000).slice(0, 10)}T00:00:00Z`,
    game_start_time: isoSeconds(window.startSec * 1000),
    fpmm: '',
    is_50_50_outcome: false,
    notifications_enabled: true,
    tokens: tokensOf(deps, market),
    rewards: REWARDS,
    tags: ['Crypto'],
    description: descriptionOf(market),
    icon: image,
    image,
  }
}

/** Of the lists that are asked for quickly. */
export function shortMarket(deps: Deps, market: VenueMarket): unknown {
  return {
    condition_id: market.conditionId,
    rewards: REWARDS,
    tokens: tokensOf(deps, market),
    active: true,
    closed: market.result !== null,
    archived: false,
    accepting_orders: market.result === null,
  }
}

function tokensOf(deps: Deps, market: VenueMarket): unknown[] {
  const { result } = market
  return tokensInOrder(deps, market).map((token) => ({
    token_id: token,
    outcome: outcomeOf(market, token),
    price: tokenPrice(market, token),
    winner: result !== null && (result.winner === 'UP') === (token === market.up),
  }))
}

function tokenPrice(market: VenueMarket, token: string): number {
  if (market.result !== null)
    return (market.result.winner === 'UP') === (token === market.up) ? 1 : 0
  return Number(middle(market, token))
}

function tokensInOrder(deps: Deps, market: VenueMarket): readonly string[] {
  const swapped = deps.faults.strikes('outcomes-swapped', market)
  return swapped ? [market.down, market.up] : [market.up, market.down]
}

function acceptingSince(market: VenueMarket): string {
  return isoSeconds(market.window.startSec * 1000 - 24 * 3_600_000 + 101_000)
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
