/** Configuration -> the settings of the engine and the parts of the venue. Shared by every verb that runs or checks the bot. */
import { capacityOf } from '../config/capacity.ts'
import { givenParams, strategiesNamed, strategyNames } from '../config/params.ts'
import type { Config } from '../config/schema.ts'
import { seriesNames, tradedNames } from '../config/series.ts'
import type { Asset, Interval } from '../domain/ids.ts'
import type { CandleSource, EventSink, Log } from '../domain/ports.ts'
import type { StakeSettings } from '../domain/stakes.ts'
import type { AnyStrategy, BoundStrategy } from '../domain/strategy.ts'
import { MICRO, type Micros, type MicroUsdc, microShares } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { combine } from '../engine/ensemble.ts'
import type { EngineSettings } from '../engine/settings.ts'
import { tradedOnlyWhere } from '../engine/watched.ts'
import { nowMicros } from '../net/clock.ts'
import { createHttp, type Http } from '../net/http.ts'
import type { VenueParts } from '../runtime/bot.ts'
import { createStrikeCandles } from '../runtime/strike-candles.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import type { Trips } from '../sim/paper/trips.ts'
import { STRATEGIES } from '../strategies/registry.ts'
import { createBinanceCandles } from '../venues/binance/candles.ts'
import { createCoinbaseCandles } from '../venues/coinbase/candles.ts'
import { createClobReads } from '../venues/polymarket/clob-reads.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { engineRestarts } from '../venues/polymarket/engine-restarts.ts'
import { createGammaFinder, type GammaFinder } from '../venues/polymarket/gamma-finder.ts'
import { createBookSource } from '../venues/polymarket/market-channel.ts'
import { createStrikePage } from '../venues/polymarket/strike-page.ts'
import { createVenueClock } from '../venues/polymarket/venue-clock.ts'
import { accountLimits } from './account-limits.ts'
import { gateSettings } from './gate-settings.ts'
import { type PriceFeedChoice, priceFeeds } from './price-feeds.ts'

export const USER_AGENT = 'lastsecond/0.1'
const HTTP_TIMEOUT_MS = 5_000
/** The venue's hold on takers since September 2026. */
const HOLD_MS = 150

/** The parts with all they can do: verbs that only look use more of them than the bot does. */
export type RealVenueParts = VenueParts & {
  readonly finder: GammaFinder & VenueParts['finder']
  readonly books: ReturnType<typeof createBookSource>
}

export function bindStrategy(config: Config): BoundStrategy {
  const definitions = strategiesNamed(config.strategy)
  if (definitions === null) throw new UserError('config', unknownStrategy(config.strategy))
  const [first, ...rest] = definitions
  const bind = (one: AnyStrategy): BoundStrategy => one.bind(givenParams(one, config))
  const strategy = combine([bind(first), ...rest.map(bind)])
  const traded = tradedNames(config)
  if (traded === null) return strategy
  return tradedOnlyWhere(({ asset, interval }) => traded.has(`${asset}:${interval}`), strategy)
}

function unknownStrategy(written: string): string {
  const known = STRATEGIES.map(({ name }) => name)
  const wrong = strategyNames(written).find((name) => !known.includes(name))
  return wrong === undefined
    ? `a strategy is named twice in "${written}"`
    : `there is no strategy "${wrong}"; there are: ${known.join(', ')}`
}

export function engineSettings(
  config: Config,
  strategy: BoundStrategy,
  once: boolean,
): EngineSettings {
  const { limits, discovery, paper, prices } = config
  return {
    strategy,
    limits: {
      maxOrdersPerMarket: limits.maxOrdersPerMarket,
      maxBookAgeMs: limits.maxBookAgeMs,
      maxClockErrorMs: limits.maxClockErrorMs,
      maxPosition: limits.maxPositionUsd as MicroUsdc,
      account: accountLimits(limits),
      closed: hasCalendar(config) ? restarts() : [],
    },
    sizing: sizingOf(config),
    quotes: config.quotes,
    gates: gateSettings(config.gates, strategy.bounds),
    startingCash: paper.startingCashUsd as MicroUsdc,
    warmUpSec: discovery.warmUpSec,
    cleanUpSec: discovery.cleanUpSec,
    minTimeToStartSec: discovery.minTimeToStartSec,
    holdMs: holdMsOf({ paper }),
    staleAfterMs: limits.maxBookAgeMs,
    prices: {
      order: { settlement: prices.settlement, spot: prices.spot },
      lostAfterMs: prices.silenceSec * 1_000,
    },
    once,
    series: seriesOf(config),
  }
}

let known: ReturnType<typeof engineRestarts> | null = null

/** Worked out once: the trading thread asks again when a person changes settings. */
function restarts(): ReturnType<typeof engineRestarts> {
  known ??= engineRestarts()
  return known
}

/** Null: as the strategy asks. */
function sizingOf({ sizing }: Config): EngineSettings['sizing'] {
  const bounds = { spendMax: sizing.maxUsd as MicroUsdc, capacity: capacityOf(sizing.capacity) }
  switch (sizing.rule) {
    case 'strategy':
      return null
    case 'fixed':
      return { rule: { kind: 'fixed' }, ...bounds }
    case 'fraction':
      return { rule: { kind: 'fraction', share: sizing.fraction }, ...bounds }
    case 'kelly':
      return { rule: { kind: 'kelly', part: sizing.kellyPart }, ...bounds }
  }
}

export function holdMsOf({ paper }: Pick<Config, 'paper'>): number {
  return paper.holdMs === 'auto' ? HOLD_MS : paper.holdMs
}

/** How a dry run plays the venue; its orders are as long on their way as `trips` were. */
export function paperSettings({ paper }: Config, trips: Trips = []): PaperSettings {
  const {
    postMs,
    cancelRequestMs,
    cancelClearMs,
    queueAddAhead,
    flowBase,
    flowDepthShare,
    flowNoise,
    seed,
  } = paper
  return {
    postMs: postMs === 'auto' ? null : postMs,
    trips,
    cancelRequestMs,
    cancelClearMs,
    addAhead: queueAddAhead,
    flow:
      paper.flow === 'trades'
        ? null
        : { base: flowBase, depthShare: flowDepthShare, noise: flowNoise },
    seed,
  }
}

/** Null: there is no ladder. A dry run needs none. */
export function stakeSettings(
  { stakes, venue, strategy: written }: Config,
  isLive: boolean,
): StakeSettings | null {
  const isOn = stakes.ladder === 'auto' ? venue === 'polymarket' : stakes.ladder === 'on'
  if (!isLive || !isOn) return null
  const { trialShares, windows, parity, proof: alpha } = stakes
  const strategy = strategyNames(written).join(',')
  return { strategy, canaryShares: microShares(trialShares * MICRO), windows, parity, alpha }
}

function hasCalendar({ venue, limits }: Config): boolean {
  return limits.calendar === 'auto' ? venue === 'polymarket' : limits.calendar === 'on'
}

export function seriesOf(config: Config): EngineSettings['series'] {
  return seriesNames(config).map((name) => {
    const [asset, interval] = name.split(':') as [Asset, Interval]
    return { asset, interval }
  })
}

export function venueParts(
  config: Config,
  endpoints: Endpoints,
  log: Log,
  choice: PriceFeedChoice = { credentials: null, withStandby: false },
): (emit: EventSink, venueNow: () => Micros) => RealVenueParts {
  return (emit, venueNow) => {
    const now = nowMicros
    const http = createHttp({ userAgent: USER_AGENT, timeoutMs: HTTP_TIMEOUT_MS, now })
    const clob = createClobReads({ http, endpoints })
    const clock = createVenueClock({ http, clob, emit, now, log })
    const finder = createGammaFinder({
      http,
      clob,
      endpoints,
      emit,
      now,
      venueNow,
      log,
      random: Math.random,
      options: {
        series: seriesOf(config),
        pollIntervalSec: config.discovery.pollIntervalSec,
        maxMinutesAhead: config.discovery.maxMinutesAhead,
      },
    })
    const page = createStrikePage({
      http,
      site: endpoints.site,
      emit,
      now,
      venueNow,
      log,
    })
    const candles = createStrikeCandles({
      sources: candleSources(http, endpoints),
      emit,
      now,
      venueNow,
      log,
    })
    const books = createBookSource({
      url: endpoints.marketWs,
      fetchBook: (token) => clob.fetchBookJson(token),
      emit,
      log,
      now,
      random: Math.random,
      observeVenueStamp: clock.observe,
      options: {
        pingMs: config.channel.pingSec * 1_000,
        silenceMs: config.channel.silenceSec * 1_000,
        sockets: config.channel.sockets,
      },
    })
    const late = startedAfter(config.discovery.startWaitSec, finder)
    const feeds = priceFeeds(config, endpoints, emit, log, choice)
    return {
      books,
      finder: {
        ...late,
        askStrike(market) {
          page.ask(market)
          candles.ask(market)
        },
        forget(conditionId) {
          candles.forget(conditionId)
          finder.forget(conditionId)
        },
        async stop() {
          page.close()
          candles.close()
          await late.stop()
        },
      },
      clock,
      feeds,
    }
  }
}

/** Clock and prices are heard meanwhile. */
function startedAfter(seconds: number, finder: GammaFinder): GammaFinder {
  if (seconds === 0) return finder
  let timer: NodeJS.Timeout | null = null
  return {
    ...finder,
    start() {
      timer = setTimeout(() => finder.start(), seconds * 1_000)
    },
    async stop() {
      if (timer !== null) clearTimeout(timer)
      await finder.stop()
    },
  }
}

/** The one that settles hourly windows first. */
export function candleSources(http: Http, endpoints: Endpoints): readonly CandleSource[] {
  const { binanceRest, coinbaseRest } = endpoints
  return [
    createBinanceCandles(http, binanceRest),
    ...(coinbaseRest === null ? [] : [createCoinbaseCandles(http, coinbaseRest)]),
  ]
}
