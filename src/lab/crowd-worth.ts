/**
 * What the crowd holds for the chance that Up wins. How well real makers know it nobody has measured, so there are three crowds: the embedded venue's,
 * which knows the rule and every print the moment it is made; one that knows the rule and hears the prints as late as we do, and no exchange; and one
 * that goes by the last price alone.
 */
import type { PricePath } from '../sim/price-process.ts'
import { fairUp, normalCdf, strikeOf, type WindowSpan } from '../sim/window-truth.ts'

export const CROWDS = ['knows', 'hears', 'last-price'] as const
export type CrowdKind = (typeof CROWDS)[number]

/** By now the relay has told the print of so many seconds ago. */
const RELAYED_SEC = 2
const AVERAGED = 60

export function crowdWorth(
  kind: CrowdKind,
  path: PricePath,
  span: WindowSpan,
): (sec: number) => number {
  switch (kind) {
    case 'knows':
      return (sec) => fairUp(path, span, sec)
    case 'hears':
      return (sec) => fairUp(path, span, sec - RELAYED_SEC)
    case 'last-price':
      return (sec) => byLastPrice(path, span, sec)
  }
}

/** As if the price at the end decided, and not an average. After the end everybody has heard who won. */
function byLastPrice(path: PricePath, span: WindowSpan, sec: number): number {
  if (sec >= span.endSec) return fairUp(path, span, sec)
  const price = path.printAt(sec)
  const ahead = price - strikeOf(path, span) / AVERAGED
  return normalCdf(ahead / (path.sigmaAt(sec) * price * Math.sqrt(span.endSec - sec)))
}
