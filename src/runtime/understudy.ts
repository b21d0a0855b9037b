/**
 * A decision that nobody hears of: the strategy and every check of the gate go through a made-up window in which all of them say yes. A real window
 * says yes once, and code that never ran is many times slower than code that just did.
 */
import { conditionId, tokenId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import {
  type Micros,
  type MicroUsdc,
  microShares,
  micros,
  TICKS_PER_DOLLAR,
  ticks,
} from '../domain/units.ts'
import { deadlineOf } from '../engine/deadline.ts'
import { evaluate, type World } from '../engine/decision.ts'
import { createTrader, type LastSecondTrader } from '../engine/last-second-trader.ts'
import type { EngineSettings } from '../engine/settings.ts'

const CENT = 100
const MANY_SHARES = 1_000_000_000_000
const WINDOW_MICROS = 300_000_000
/** Where a strategy does not say what it would pay. */
const SOME_PRICE = ticks(9_000)

/** Each call is one decision. */
export function createUnderstudy(settings: EngineSettings): () => void {
  const trader = madeUpWindow(settings)
  const recvAt = micros(WINDOW_MICROS)
  const half = Math.round((settings.strategy.span.fromSec + settings.strategy.span.toSec) * 500_000)
  const world: World = {
    recvAt,
    venueNow: micros(trader.market.endAt - half),
    clockErrorMicros: 0,
    deadline: deadlineOf({
      roundTripMicros: 0,
      holdMicros: 0,
      clockErrorMicros: 0,
      jitterMicros: 0,
    }),
    cash: Number.MAX_SAFE_INTEGER as MicroUsdc,
    hold: null,
    closure: null,
    prices: [],
  }
  return () => {
    evaluate(trader, world, settings)
  }
}

function madeUpWindow({ strategy }: EngineSettings): LastSecondTrader {
  const market: Market = {
    conditionId: conditionId('rehearsal'),
    slug: 'rehearsal',
    title: 'rehearsal',
    asset: 'btc',
    interval: '5m',
    startAt: 0 as Micros,
    endAt: micros(WINDOW_MICROS),
    up: tokenId('up'),
    down: tokenId('down'),
    mappingDoubt: null,
    tickSize: ticks(CENT),
    minShares: microShares(0),
    fee: { rateMicro: 70_000, exponent: 1 },
    takerHold: true,
    version: 'v2',
    resolutionSource: null,
  }
  const trader = createTrader(market)
  const ask = Math.floor((strategy.ladder?.highest ?? SOME_PRICE) / CENT) * CENT
  const bid = ask - CENT
  trader.up.book.applySnapshot([bid, MANY_SHARES], [ask, MANY_SHARES], null)
  trader.down.book.applySnapshot(
    [TICKS_PER_DOLLAR - ask, MANY_SHARES],
    [TICKS_PER_DOLLAR - bid, MANY_SHARES],
    null,
  )
  trader.up.lastHeardAt = market.endAt
  trader.down.lastHeardAt = market.endAt
  return trader
}
