/** Whether a window that is listed again is still the one that was found: its times, its tokens, its fee, and how it is settled. */
import type { Market } from '../domain/market.ts'

export function sameTerms(a: Market, b: Market): boolean {
  return a === b || (sameWindow(a, b) && sameRules(a, b))
}

/** The grid and the least size may change while a window runs, and the channel tells it. */
function sameWindow(a: Market, b: Market): boolean {
  return (
    a.startAt === b.startAt &&
    a.endAt === b.endAt &&
    a.up === b.up &&
    a.down === b.down &&
    a.mappingDoubt === b.mappingDoubt &&
    a.fee.rateMicro === b.fee.rateMicro &&
    a.fee.exponent === b.fee.exponent
  )
}

function sameRules(a: Market, b: Market): boolean {
  const [one, other] = [a.rules.averaging, b.rules.averaging]
  return (
    a.resolutionSource === b.resolutionSource &&
    a.rules.description === b.rules.description &&
    one?.twapEnabled === other?.twapEnabled &&
    one?.lookbackSeconds === other?.lookbackSeconds
  )
}
