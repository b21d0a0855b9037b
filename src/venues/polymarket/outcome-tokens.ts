/**
 * Which token is which, proven from the words and never from their order. A window is one market with two outcomes, or two markets
 * of one item each.
 */
import { type GammaEvent, type GammaMarket, stringList } from './gamma-wire.ts'

export type MarketPair = { readonly up: GammaMarket; readonly down: GammaMarket }

/** One market with two outcomes, or two markets of one item each; the former is both halves of its pair. */
export function marketPair(event: GammaEvent): MarketPair | string {
  const markets = event.markets ?? []
  const [only, ...others] = markets
  if (only === undefined) return 'it holds no market'
  if (others.length === 0) return { up: only, down: only }
  const up = markets.find((market) => isItem(market, 'up'))
  const down = markets.find((market) => isItem(market, 'down'))
  if (markets.length === 2 && up !== undefined && down !== undefined) return { up, down }
  return `it holds ${markets.length} markets, and not one for Up and one for Down`
}

function isItem(market: GammaMarket, title: string): boolean {
  return market.groupItemTitle?.trim().toLowerCase() === title
}

/** The ids by the version, never by which field happens to be there: v1 markets carry dead position ids, too. */
export function idsOf(market: GammaMarket): readonly string[] | null {
  const ids = stringList(market.version === 'v2' ? market.positionIds : market.clobTokenIds)
  return ids === null || ids.length < 2 || ids.some((id) => id.trim() === '') ? null : ids
}

export function tokensOf({ up, down }: MarketPair) {
  const upIds = idsOf(up)
  const downIds = idsOf(down)
  if (upIds === null || downIds === null) return null
  if (up !== down) {
    const upAt = outcomeAt(up, ['yes', 'up'])
    const downAt = outcomeAt(down, ['yes', 'down'])
    const proven = upAt !== null && downAt !== null
    const doubt = proven ? null : 'the Up and the Down market do not name their Yes outcome'
    return { up: upIds[upAt ?? 0] ?? '', down: downIds[downAt ?? 0] ?? '', doubt }
  }
  const upAt = provenUpIndex(up)
  const doubt =
    upAt !== null
      ? null
      : `outcomes "${stringList(up.outcomes)?.join(', ') ?? ''}" are not Up and Down`
  return { up: upIds[upAt ?? 0] ?? '', down: upIds[1 - (upAt ?? 0)] ?? '', doubt }
}

/** Where Up stands among exactly two outcomes; null when the words do not prove it. */
export function provenUpIndex(market: GammaMarket): 0 | 1 | null {
  const words = stringList(market.outcomes)?.map((word) => word.trim().toLowerCase())
  if (words?.length !== 2) return null
  const pair = words.join(' ')
  if (pair === 'up down' || pair === 'yes no') return 0
  return pair === 'down up' || pair === 'no yes' ? 1 : null
}

function outcomeAt(market: GammaMarket, names: readonly string[]): number | null {
  if (provenUpIndex(market) === null) return null
  const words = stringList(market.outcomes) ?? []
  const index = words.findIndex((word) => names.includes(word.trim().toLowerCase()))
  return index < 0 ? null : index
}
