/** The windows that a laboratory plays: those of 5 and 15 minutes of one asset, one after the other and beside each other, as the venue has them. */
import { type Asset, conditionId, tokenId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { MICROS_PER_SECOND, microShares, micros, ticks } from '../domain/units.ts'
import { COARSE_TICK } from '../sim/crowd.ts'
import type { WindowSpan } from '../sim/window-truth.ts'

export type LabWindow = { readonly market: Market; readonly span: WindowSpan }

const LENGTHS = { '5m': 300, '15m': 900 } as const
export type Length = keyof typeof LENGTHS
export const LAB_LENGTHS = Object.keys(LENGTHS) as Length[]
const QUARTER_SEC = 900
const MIN_SHARES = 5_000_000
export const FEE_RATE_MICRO = 70_000
const FEE = { rateMicro: FEE_RATE_MICRO, exponent: 1 }

/** In the order of their starts. `fromSec` is a whole quarter of an hour. */
export function windowsOf(
  asset: Asset,
  fromSec: number,
  count: number,
  lengths: readonly Length[] = LAB_LENGTHS,
): LabWindow[] {
  const windows: LabWindow[] = []
  for (let quarter = fromSec; windows.length < count; quarter += QUARTER_SEC) {
    if (lengths.includes('15m')) windows.push(windowOf(asset, '15m', quarter))
    if (!lengths.includes('5m')) continue
    for (let start = quarter; start < quarter + QUARTER_SEC; start += LENGTHS['5m'])
      windows.push(windowOf(asset, '5m', start))
  }
  return windows.slice(0, count)
}

function windowOf(asset: Asset, interval: Length, startSec: number): LabWindow {
  const endSec = startSec + LENGTHS[interval]
  const slug = `${asset}-updown-${interval}-${startSec}`
  const market: Market = {
    conditionId: conditionId(slug),
    slug,
    title: slug,
    asset,
    interval,
    startAt: micros(startSec * MICROS_PER_SECOND),
    endAt: micros(endSec * MICROS_PER_SECOND),
    up: tokenId(`${slug}/up`),
    down: tokenId(`${slug}/down`),
    mappingDoubt: null,
    tickSize: ticks(COARSE_TICK),
    minShares: microShares(MIN_SHARES),
    fee: FEE,
    takerHold: true,
    version: 'v2',
    resolutionSource: `https://data.chain.link/streams/${asset}-usd-twap-60s-streams`,
    rules: {
      description:
        'Up if the 60 second average at the end of the window is greater than or equal to the 60 second average at its beginning, else Down.',
      averaging: { twapEnabled: true, lookbackSeconds: 60 },
    },
  }
  return { market, span: { startSec, endSec, rule: 'twap60' } }
}
