/**
 * How near each crowd comes to what was measured of the real one: asks of the book's favourite at four seconds, and what taking the first of them nets,
 * under the rule that held when it was measured (the latest price) and under today's (the average). Books only; no engine looks at them.
 */
import { MICRO, type Micros, TICKS_PER_DOLLAR } from '../domain/units.ts'
import { createPricePath } from '../sim/price-process.ts'
import { type SettlementRule, winnerOf } from '../sim/window-truth.ts'
import { type Counted, MEASURED, type MeasuredRow } from './crowd-measured.ts'
import { CROWDS, type CrowdKind, crowdWorth } from './crowd-worth.ts'
import { createWindowBook } from './window-book.ts'
import { FEE_RATE_MICRO, type LabWindow, windowsOf } from './windows.ts'

export type CrowdRow = {
  readonly secondsLeft: number
  readonly asks: number
  readonly share: Counted
  readonly meanAsk: Counted | null
  readonly net: Counted | null
}

export type CrowdStudy = {
  readonly crowd: CrowdKind
  /** Null: as the crowd is. */
  readonly doubtSec: number | null
  readonly rule: SettlementRule
  readonly windows: number
  readonly rows: readonly CrowdRow[]
  /** Distances from the measured figures, in standard errors, squared and added up; shares are left out, they were put in. */
  readonly misfit: number
}

export type CrowdStudyOptions = {
  readonly seed: number
  readonly windows: number
}

/** 2026-11-20 17:00 UTC, as in the other studies. */
const FIRST_SEC = 1_795_194_000
const BOOK_FROM_SEC = 70
/** No moment is of interest here. */
const NOW = 0 as Micros
const KEPT_SEC = 2_000
const ASKED_SECS = MEASURED.map(({ secondsLeft }) => secondsLeft)

/** Under the rule of then, and of today. */
const SPOT: SettlementRule = 'candle'
const AVERAGE: SettlementRule = 'twap60'

export function studyCrowds(options: CrowdStudyOptions): CrowdStudy[] {
  return CROWDS.flatMap((crowd) =>
    [SPOT, AVERAGE].map((rule) => studyCrowd({ ...options, crowd, rule })),
  )
}

/** How the one number of the fitted crowds was found: by what was measured alone, the best first. */
export function fitCrowd(options: CrowdStudyOptions): CrowdStudy[] {
  const tried = DOUBTS_SEC.map((doubtSec) =>
    studyCrowd({ ...options, crowd: 'fitted', rule: SPOT, doubtSec }),
  )
  return tried.sort((a, b) => a.misfit - b.misfit)
}

const DOUBTS_SEC = [0, 10, 20, 25, 30, 40, 60]

function studyCrowd(
  options: CrowdStudyOptions & {
    readonly crowd: CrowdKind
    readonly rule: SettlementRule
    readonly doubtSec?: number
  },
): CrowdStudy {
  const { seed, windows, crowd, rule, doubtSec } = options
  const path = createPricePath({
    seed,
    asset: 'btc',
    fromSec: FIRST_SEC - 120,
    keepSec: KEPT_SEC,
    pinAt: () => null,
  })
  const taken = new Map(ASKED_SECS.map((left) => [left, { asks: [], nets: [] } as Taken]))
  // A quarter of an hour has three windows of five minutes and one that is not asked for.
  const list = windowsOf('btc', FIRST_SEC, Math.ceil(windows / 3) * 4)
    .filter(({ market }) => market.interval === '5m')
    .slice(0, windows)
    .map((window) => ({ ...window, span: { ...window.span, rule } }))
  for (const window of list) {
    const fairAt = crowdWorth(crowd, path, window.span, doubtSec)
    for (const [left, favourite] of favouritesOf(seed, window, fairAt)) {
      if (favourite.ask === null) continue
      const ask = favourite.ask / TICKS_PER_DOLLAR
      const won = (winnerOf(path, window.span) === 'UP') === favourite.isUp
      taken.get(left)?.asks.push(ask)
      taken.get(left)?.nets.push((won ? 1 : 0) - ask - (FEE_RATE_MICRO / MICRO) * ask * (1 - ask))
    }
  }
  const rows = [...taken].map(([left, one]) => rowOf(left, one, list.length))
  const misfit = misfitOf(rows)
  return { crowd, doubtSec: doubtSec ?? null, rule, windows: list.length, rows, misfit }
}

type Taken = { readonly asks: number[]; readonly nets: number[] }
type Favourite = { readonly isUp: boolean; readonly ask: number | null }

/** The side whose best ask is larger; none at all is larger than any. */
function favouritesOf(
  seed: number,
  window: LabWindow,
  fairAt: (sec: number) => number,
): [number, Favourite][] {
  const { market, span } = window
  const fromSec = span.endSec - BOOK_FROM_SEC
  const book = createWindowBook({ seed, window, fromSec, fairAt, ours: () => NOW })
  const found: [number, Favourite][] = []
  for (let left = BOOK_FROM_SEC; left > 0; left -= 1) {
    if (ASKED_SECS.includes(left)) {
      const { bids, asks } = book.snapshot(market.up, NOW)
      const upAsk = asks.at(-2) ?? null
      const upBid = bids.at(-2) ?? null
      const downAsk = upBid === null ? null : TICKS_PER_DOLLAR - upBid
      const isUp = (upAsk ?? TICKS_PER_DOLLAR) >= (downAsk ?? TICKS_PER_DOLLAR)
      found.push([left, { isUp, ask: isUp ? upAsk : downAsk }])
    }
    for (const { tell } of book.nextSecond()) tell()
  }
  return found
}

function rowOf(secondsLeft: number, { asks, nets }: Taken, windows: number): CrowdRow {
  const share = asks.length / windows
  return {
    secondsLeft,
    asks: asks.length,
    share: { value: share, error: Math.sqrt((share * (1 - share)) / windows) },
    meanAsk: meanOf(asks),
    net: meanOf(nets),
  }
}

function misfitOf(rows: readonly CrowdRow[]): number {
  const distance = (made: Counted | null, measured: Counted | null): number => {
    if (measured === null) return 0
    if (made === null) return Number.POSITIVE_INFINITY
    return square(made.value - measured.value) / (square(made.error) + square(measured.error))
  }
  let sum = 0
  for (const row of rows) {
    const measured = MEASURED.find((one) => one.secondsLeft === row.secondsLeft) as MeasuredRow
    sum += distance(row.meanAsk, measured.meanAsk) + distance(row.net, measured.net)
  }
  return sum
}

/** Null below two values: an error needs two. */
function meanOf(values: readonly number[]): Counted | null {
  const count = values.length
  if (count < 2) return null
  const mean = values.reduce((sum, one) => sum + one, 0) / count
  const squares = values.reduce((sum, one) => sum + square(one - mean), 0)
  return { value: mean, error: Math.sqrt(squares / (count - 1) / count) }
}

function square(value: number): number {
  return value * value
}
