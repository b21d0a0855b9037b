/** Makes the windows of each series when they are due to be listed, with their ids, their price and their crowd. */
import { ASSETS, type Asset } from '../domain/ids.ts'
import { COARSE_TICK, createCrowd } from '../sim/crowd.ts'
import { createExchangePath } from '../sim/exchange-path.ts'
import { createPricePath, type Pin, type PricePath } from '../sim/price-process.ts'
import { createRandom } from '../sim/random.ts'
import { createTwoSidedBook } from '../sim/two-sided-book.ts'
import { fairUp } from '../sim/window-truth.ts'
import { decimalTokenId, hexId } from './identity.ts'
import type { VenueMarket } from './market.ts'
import type { Profile } from './profile.ts'
import {
  type Schedule,
  SERIES,
  type Series,
  slugOf,
  titleOf,
  type WindowTimes,
} from './schedule.ts'

export type MarketMakerOptions = {
  readonly seed: number
  readonly profile: Profile
  readonly schedule: Schedule
  readonly ratePerSec: number
  /** The second in which the venue began: randomness is named by distances from it. */
  readonly anchorSec: number
}

export type MarketMaker = {
  /** What the settlement source says. */
  pathOf(asset: Asset): PricePath
  /** What exchanges say. */
  exchangePathOf(asset: Asset): PricePath
  /** The windows of a series that are to be listed by this second and were not yet. */
  due(series: Series, sec: number, ahead: number): VenueMarket[]
}

/** The longest window, its average before it, its resolution and the clock change, with room to spare. */
const PRINTS_KEPT_SEC = 6 * 3_600
/** Prints before the oldest window's start: its strike is an average of 60. */
const PRINTS_BEFORE_SEC = 90
const PIN_STRENGTH = 0.05
/** The pull begins when this share of the window is over. */
const PIN_FROM_SHARE = 0.4
/** How often a window's sellers stay because the price is close to the strike, not by chance. */
const CLOSE_CALL_KEEPS_SELLERS = 0.7
/** Ids are counted in steps of five minutes at the real lengths. */
const ID_STEP_SEC = 300
const FIRST_MARKET_ID = 3_914_000
const FIRST_EVENT_ID = 431_000
/** A window that began before the venue did has a smaller number. */
const ID_STEPS_BEFORE = 64
const MICRO = 1_000_000

export function createMarketMaker(options: MarketMakerOptions): MarketMaker {
  const { schedule, anchorSec } = options
  const closeDraw = closeDraws(options)
  const oldestStart = Math.min(...SERIES.map((series) => schedule.at(series, anchorSec).startSec))
  const firstPrintSec = Math.min(oldestStart, anchorSec) - PRINTS_BEFORE_SEC
  const paths = new Map<Asset, PricePath>(
    ASSETS.map((asset) => [
      asset,
      createPricePath({
        seed: options.seed,
        asset,
        fromSec: firstPrintSec,
        keepSec: PRINTS_KEPT_SEC,
        pinAt: (sec) => pinAt(options, asset, sec, closeDraw),
      }),
    ]),
  )
  const exchangePaths = new Map<Asset, PricePath>(
    [...paths].map(([asset, path]) => [asset, createExchangePath(options.seed, asset, path)]),
  )
  const lastListed = new Map<Series, WindowTimes>()
  const nothingBeforeSec = new Map<Series, number>()

  const pathOf = (asset: Asset): PricePath => paths.get(asset) as PricePath
  const exchangePathOf = (asset: Asset): PricePath => exchangePaths.get(asset) as PricePath
  return {
    pathOf,
    exchangePathOf,
    due: (series, sec, ahead) => {
      if (sec < (nothingBeforeSec.get(series) ?? sec)) return []
      let horizon = schedule.at(series, sec)
      const running = horizon
      nothingBeforeSec.set(series, running.endSec)
      for (let step = 0; step < ahead; step += 1) horizon = schedule.after(series, horizon)
      const made: VenueMarket[] = []
      let last = lastListed.get(series)
      while (last === undefined || last.endSec < horizon.endSec) {
        last = last === undefined ? running : schedule.after(series, last)
        lastListed.set(series, last)
        const path = series.rule === 'candle' ? exchangePathOf(series.asset) : pathOf(series.asset)
        made.push(makeMarket(options, { series, window: last, path, sec, closeDraw }))
      }
      return made
    },
  }
}

type MarketParts = {
  readonly series: Series
  readonly window: WindowTimes
  readonly path: PricePath
  readonly sec: number
  readonly closeDraw: (asset: Asset, sec: number) => number
}

function makeMarket(options: MarketMakerOptions, parts: MarketParts): VenueMarket {
  const { seed, profile, schedule, anchorSec } = options
  const { series, window, path, sec } = parts
  const short = schedule.windowSec !== null
  const slug = slugOf(series, window, short)
  const name = [seed, series.asset, series.interval, window.startSec - anchorSec]
  const random = createRandom(...name, 'market')
  const span = { ...window, rule: series.rule }
  const closeCall = random.chance(CLOSE_CALL_KEEPS_SELLERS)
  const crowd = createCrowd({
    name,
    ...window,
    fromSec: sec,
    habits: {
      ratePerSec: options.ratePerSec,
      survival: profile.survival,
      tickFlipChance: profile.tickFlipChance,
      favouriteAskMin: profile.favouriteAskMinShares * MICRO,
      discountMax: profile.discountMax,
    },
    survivalDraw: closeCall ? parts.closeDraw(series.asset, window.endSec - 1) : random.next(),
    fairAt: (at) => fairUp(path, span, at),
  })
  const step = schedule.windowSec ?? ID_STEP_SEC
  const number =
    (Math.floor((window.startSec - anchorSec) / step) + ID_STEPS_BEFORE) * SERIES.length +
    series.index
  return {
    series,
    window,
    span,
    path,
    slug,
    title: titleOf(series, window, short),
    id: String(FIRST_MARKET_ID + number),
    eventId: String(FIRST_EVENT_ID + number),
    conditionId: hexId(seed, slug, 'condition'),
    version: 'v1',
    questionId: hexId(seed, slug, 'question'),
    up: decimalTokenId(seed, slug, 'up'),
    down: decimalTokenId(seed, slug, 'down'),
    listedAtMs: sec * 1000,
    resolvesAtMs: window.endSec * 1000 + profile.resolutionDelayMs(random),
    crowd,
    book: createTwoSidedBook(crowd.opening),
    people: null,
    tick: COARSE_TICK,
    lastTrade: null,
    changedAtMs: sec * 1000,
    volume: 0,
    result: null,
  }
}

/** One uniform draw for each 5m window of an asset: small ones are close calls. */
function closeDraws(options: MarketMakerOptions): (asset: Asset, sec: number) => number {
  const latest = new Map<Asset, { readonly startSec: number; readonly draw: number }>()
  return (asset, sec) => {
    const { startSec } = options.schedule.at(firstSeriesOf(asset), sec)
    const known = latest.get(asset)
    // Asked for every second of a window, one after the other.
    if (known?.startSec === startSec) return known.draw
    const draw = createRandom(options.seed, 'close', asset, startSec - options.anchorSec).next()
    latest.set(asset, { startSec, draw })
    return draw
  }
}

function pinAt(
  options: MarketMakerOptions,
  asset: Asset,
  sec: number,
  closeDraw: (asset: Asset, sec: number) => number,
): Pin | null {
  const { startSec, endSec } = options.schedule.at(firstSeriesOf(asset), sec)
  if (sec < startSec + (endSec - startSec) * PIN_FROM_SHARE) return null
  if (closeDraw(asset, sec) >= options.profile.closeCallShare) return null
  return { startSec, strength: PIN_STRENGTH }
}

function firstSeriesOf(asset: Asset): Series {
  return SERIES[ASSETS.indexOf(asset) * (SERIES.length / ASSETS.length)] as Series
}
