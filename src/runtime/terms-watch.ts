/** Tells when a window comes on other terms than the one before it in its series: fees, grid, least size, hold, or what it settles by. */
import type { Market } from '../domain/market.ts'
import type { FactSink, Log } from '../domain/ports.ts'
import { formatMicro, formatPrice, microUsdc } from '../domain/units.ts'

export type TermChange = { readonly term: string; readonly before: string; readonly now: string }

/** `known`: the last window of each series that an earlier process saw. */
export function createTermsWatch(known: readonly Market[], log: Log): FactSink {
  const last = new Map<string, Market>()
  for (const market of known) remember(market)

  function remember(market: Market): void {
    const before = last.get(seriesOf(market))
    if (before === undefined || before.startAt < market.startAt) last.set(seriesOf(market), market)
  }

  return {
    accept(fact) {
      if (fact.kind !== 'found') return
      const { market } = fact
      const before = last.get(seriesOf(market))
      const changes = before === undefined ? [] : termChanges(before, market)
      if (changes.length > 0)
        log.warn('a window comes on other terms than the one before it', {
          slug: market.slug,
          before: before?.slug,
          changes,
        })
      remember(market)
    },
    close: () => Promise.resolve(),
  }
}

export function termChanges(before: Market, now: Market): readonly TermChange[] {
  const [old, fresh] = [termsOf(before), termsOf(now)]
  return Object.entries(fresh).flatMap(([term, text]) => {
    const was = old[term] ?? ''
    return was === text ? [] : [{ term, before: was, now: text }]
  })
}

function termsOf(market: Market): Readonly<Record<string, string>> {
  const { fee, tickSize, minShares, takerHold, resolutionSource, version } = market
  return {
    'fee rate': formatMicro(microUsdc(fee.rateMicro)),
    'fee exponent': String(fee.exponent),
    'tick size': formatPrice(tickSize),
    'least size': formatMicro(minShares),
    'takers are held': takerHold === null ? 'not stated' : takerHold ? 'yes' : 'no',
    'settles by': resolutionSource ?? 'not stated',
    version,
  }
}

function seriesOf({ asset, interval }: Market): string {
  return `${asset}/${interval}`
}
