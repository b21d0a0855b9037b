/**
 * What the crowd holds for the chance that Up wins. How well real makers know it nobody has measured; what was measured is how their asks near the close
 * paid (`crowd-measured.ts`). Two crowds are fitted to that and differ in what was not measured, whether today's rule has been understood. Three are plain
 * suppositions: the embedded venue's, which knows the rule and every print the moment it is made; one that knows the rule and hears the prints as late as
 * we do, and no exchange; and one that goes by the last price alone.
 */
import type { PricePath } from '../sim/price-process.ts'
import { fairUp, normalCdf, strikeOf, type WindowSpan } from '../sim/window-truth.ts'

export const CROWDS = ['fitted', 'fitted-last-price', 'knows', 'hears', 'last-price'] as const
export type CrowdKind = (typeof CROWDS)[number]

/** Of those that fit equally well the one that makes it hardest to name the winner better than the book. */
export const USUAL_CROWD: CrowdKind = 'fitted'

/** Fitted: the crowd mistrusts the value that settles by as much as the price usually moves in so many seconds. */
const DOUBT_SEC = 25
/** By now the relay has told the print of so many seconds ago. Not fitted. */
const RELAYED_SEC = 2
const AVERAGED = 60

/** `fittedDoubtSec` is for the fit alone. */
export function crowdWorth(
  kind: CrowdKind,
  path: PricePath,
  span: WindowSpan,
  fittedDoubtSec = DOUBT_SEC,
): (sec: number) => number {
  switch (kind) {
    case 'fitted':
      return (sec) => fairUp(path, span, sec - RELAYED_SEC, fittedDoubtSec)
    case 'fitted-last-price':
      return (sec) => byLastPrice(path, span, sec, RELAYED_SEC, fittedDoubtSec)
    case 'knows':
      return (sec) => fairUp(path, span, sec)
    case 'hears':
      return (sec) => fairUp(path, span, sec - RELAYED_SEC)
    case 'last-price':
      return (sec) => byLastPrice(path, span, sec, 0, 0)
  }
}

/** As if the price at the end decided, and not an average. After the end everybody has heard who won. */
function byLastPrice(
  path: PricePath,
  span: WindowSpan,
  sec: number,
  lateSec: number,
  doubtSec: number,
): number {
  if (sec >= span.endSec) return fairUp(path, span, sec)
  const heardSec = sec - lateSec
  const price = path.printAt(heardSec)
  const ahead = price - strikeOf(path, span) / AVERAGED
  const left = span.endSec - heardSec + doubtSec
  return normalCdf(ahead / (path.sigmaAt(heardSec) * price * Math.sqrt(left)))
}
