/**
 * A shot that nobody hears of: a made-up frame goes through the decoder, the dispatcher and an engine of its own, in a made-up window in which the
 * strategy and every check say yes. A real window says yes once, and code that never ran is many times slower than code that just did.
 */
import type { PriceTick } from '../domain/events.ts'
import { conditionId, type FeedName, type PriceSeries, tokenId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Order } from '../domain/order.ts'
import {
  formatPrice,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
  type MicroUsdc,
  microShares,
  micros,
  TICKS_PER_DOLLAR,
  type Ticks,
  ticks,
} from '../domain/units.ts'
import { createEngine } from '../engine/engine.ts'
import type { EngineSettings } from '../engine/settings.ts'
import { createFrameCounts, createFrameDecoder } from '../venues/polymarket/frame-decoder.ts'
import { createDispatcher } from './dispatcher.ts'

const CENT = 100
const MANY = Number.MAX_SAFE_INTEGER
const MANY_SHARES = '1000000'
/** Where a strategy does not say what it would pay. */
const SOME_PRICE = ticks(9_000)
/** Never reached: the made-up window stands still in the middle of its span. */
const START = micros(1_789_459_200_000_000)
const END = micros(START + 300_000_000)

const MARKET: Market = {
  conditionId: conditionId(`0x${'0'.repeat(64)}`),
  slug: 'rehearsal',
  title: 'rehearsal',
  asset: 'btc',
  interval: '5m',
  startAt: START,
  endAt: END,
  up: tokenId('1'.repeat(77)),
  down: tokenId('2'.repeat(77)),
  mappingDoubt: null,
  tickSize: ticks(CENT),
  minShares: microShares(0),
  fee: { rateMicro: 70_000, exponent: 1 },
  takerHold: false,
  version: 'v2',
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description:
      'Up if the 60 second average is greater than or equal to the one before, else Down.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
}

/** Every gate is asked and every one is as wide as it can be. */
const OPEN_GATES: EngineSettings['gates'] = {
  rule: true,
  lateJoinMicros: 0,
  zoneFromMicros: MANY,
  zoneToMicros: 0,
  bookWholeMicros: 0,
  badBookGap: TICKS_PER_DOLLAR as Ticks,
  strikeAtLeast: 'approximate',
  strikeConflictMax: 1,
  printAgeMaxMicros: MANY,
  printGapsMax: MANY,
  printRepeatsMax: MANY,
  volatilityMin: 0,
  volatilityMax: 1,
  feedDivergenceMax: 1,
  bookDivergenceMax: TICKS_PER_DOLLAR as Ticks,
  impactSec: 3,
  impactSigmas: MANY,
  impactBook: TICKS_PER_DOLLAR as Ticks,
  spreadMaxTicks: TICKS_PER_DOLLAR,
  liquidityMin: microShares(0),
  priceMin: ticks(0),
  priceMax: ticks(TICKS_PER_DOLLAR),
}

const MUCH = MANY as MicroUsdc

const OPEN_ACCOUNT: NonNullable<EngineSettings['limits']['account']> = {
  maxExposureMarket: MUCH,
  maxExposureAsset: MUCH,
  maxExposureStrategy: MUCH,
  maxExposure: MUCH,
  maxOpenPositions: MANY,
  cooldownMicros: 0,
  maxBankrollShare: 1,
  maxTogether: MUCH,
  maxDailyLoss: null,
  maxDrawdown: null,
  tripwireAlpha: null,
}

/** Each call is one shot; false where the strategy did not want one. */
export function createUnderstudy(settings: EngineSettings): () => boolean {
  const { span, ladder } = settings.strategy
  const now = micros(END - Math.round((span.fromSec + span.toSec) * 500 * MICROS_PER_MS))
  const ask = ticks(Math.floor((ladder?.highest ?? SOME_PRICE) / CENT) * CENT)
  let fired: Order | null = null
  const engine = createEngine({
    ...settings,
    limits: { ...settings.limits, maxOrdersPerMarket: MANY, account: OPEN_ACCOUNT },
    gates: OPEN_GATES,
    startingCash: MANY as MicroUsdc,
    // Nobody plays its orders on paper, and the ladder would wait for that, order after order.
    stakes: null,
    minTimeToStartSec: 0,
    once: false,
  })
  const dispatcher = createDispatcher({
    engine,
    tape: null,
    sinks: [],
    act(command) {
      if (command.kind === 'submit') fired = command.order
    },
  })
  const decoder = createFrameDecoder(createFrameCounts(), dispatcher.dispatch)
  decoder.add({ token: MARKET.up, conditionId: MARKET.conditionId, side: 'UP' })
  decoder.add({ token: MARKET.down, conditionId: MARKET.conditionId, side: 'DOWN' })
  const at = { recvAt: now, venueAt: null }
  dispatcher.dispatch({ kind: 'clock', offsetMicros: 0, errorMicros: 0, ...at })
  dispatcher.dispatch({ kind: 'market_listed', market: MARKET, ...at })
  for (const tick of prices(now)) dispatcher.dispatch({ ...tick, recvAt: now })
  for (const frame of books(ask)) decoder.decode(frame, now)
  const frame = change(ask)

  return () => {
    decoder.decode(frame, now)
    if (fired === null) return false
    const { id } = fired
    fired = null
    // A killed one may be shot again.
    const outcome = { state: 'killed', reason: 'a rehearsal' } as const
    dispatcher.dispatch({ kind: 'order_outcome', orderId: id, venueId: null, outcome, ...at })
    return true
  }
}

function books(ask: Ticks): Buffer[] {
  const bid = ticks(ask - CENT)
  const level = (price: number): string =>
    `[{"price":"${formatPrice(ticks(price))}","size":"${MANY_SHARES}"}]`
  const book = (token: string, bids: number, asks: number): Buffer =>
    Buffer.from(
      `{"market":"${MARKET.conditionId}","asset_id":"${token}","bids":${level(bids)},"asks":${level(asks)},"hash":"","timestamp":"${START / MICROS_PER_MS}","event_type":"book"}`,
    )
  return [
    book(MARKET.up, bid, ask),
    book(MARKET.down, TICKS_PER_DOLLAR - ask, TICKS_PER_DOLLAR - bid),
  ]
}

/** As the venue says it: one change of one level, seen from both tokens. */
function change(ask: Ticks): Buffer {
  const text = (price: number): string => formatPrice(ticks(price))
  const entry = (token: string, price: number, side: string, bid: number, best: number): string =>
    `{"asset_id":"${token}", "price":"${text(price)}", "size":"${MANY_SHARES}", "side":"${side}", "hash":"${'0'.repeat(40)}", "best_bid":"${text(bid)}", "best_ask":"${text(best)}"}`
  const bid = ask - CENT
  const up = entry(MARKET.up, ask, 'SELL', bid, ask)
  const mirrored = TICKS_PER_DOLLAR - ask
  const down = entry(MARKET.down, mirrored, 'BUY', mirrored, TICKS_PER_DOLLAR - bid)
  return Buffer.from(
    `{"market":"${MARKET.conditionId}", "price_changes":[${up}, ${down}], "timestamp":"${START / MICROS_PER_MS}", "event_type":"price_change"}`,
  )
}

/** So far ahead of its strike that the side is named and worth its price. */
function prices(now: Micros): PriceTick[] {
  const tick = (
    sec: number,
    series: PriceSeries,
    price: string,
    feed: FeedName = 'rtds',
  ): PriceTick => ({
    kind: 'price_tick',
    feed,
    asset: MARKET.asset,
    series,
    price,
    venueAt: micros(sec * MICROS_PER_SECOND),
    recvAt: now,
  })
  const startSec = START / MICROS_PER_SECOND
  const ticks = [tick(startSec, 'twap60', '80000')]
  for (let sec = startSec - 60; sec < now / MICROS_PER_SECOND - 1; sec += 1)
    ticks.push(
      tick(sec, 'spot', String(90_001 + (sec % 2)), 'binance'),
      tick(sec, 'spot', String(90_000 + (sec % 2))),
    )
  return ticks
}
