/** The rule of a window in words, as it stands in its description. */
import type { VenueMarket } from './market.ts'
import { ASSET_NAMES, resolutionSourceOf } from './schedule.ts'

export function descriptionOf(market: Pick<VenueMarket, 'series'>): string {
  const { asset, rule } = market.series
  const source = resolutionSourceOf(market.series)
  if (rule === 'candle') {
    return (
      `This market resolves to "Up" if the close of the ${asset.toUpperCase()}/USDT candle that begins with this window is ` +
      `greater than or equal to its open, and to "Down" otherwise. Source: ${source}`
    )
  }
  return (
    `This market resolves to "Up" if the 60 second average price of ${ASSET_NAMES[asset]} at the end of this window is ` +
    `greater than or equal to the 60 second average price at its beginning, and to "Down" otherwise. Source: ${source}`
  )
}
