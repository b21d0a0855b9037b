/** The doctor on what can be bought: for each series the second that is fired at, how often there is an ask then, and what it brings. */
import type { Config } from '../config/schema.ts'
import type { AskWindow } from '../domain/asks.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { MICROS_PER_MS } from '../domain/units.ts'
import { deadlineOf } from '../engine/deadline.ts'
import {
  createFillability,
  ENOUGH,
  type Fillability,
  type Fillable,
  type FillQuery,
} from '../pricing/fillability.ts'
import { dataWords, fillWords } from '../pricing/fillability-words.ts'
import { bindStrategy, engineSettings } from './bot-setup.ts'
import { type Line, ok, warning } from './doctor-line.ts'
import { pastAsks } from './past-asks.ts'

export function fillableLines(config: Config): Line[] {
  const strategy = bindStrategy(config)
  const { holdMs, series } = engineSettings(config, strategy, false)
  const { asks } = strategy.span
  if (asks === null) return []
  const known = learned(pastAsks(config, asks))
  return series.map(({ asset, interval }) => {
    const query = {
      asset,
      interval,
      regime: null,
      cap: asks.cap,
      holdSec: holdMs / 1e3,
    }
    return lineOf(known, query, strategy, safeSec(holdMs))
  })
}

export function learned(windows: readonly AskWindow[]): Fillability {
  const known = createFillability()
  for (const window of windows) known.learn(window)
  return known
}

/** Before anything was measured; the bot knows better when it chooses. */
function safeSec(holdMs: number): number {
  const { totalMicros } = deadlineOf({
    roundTripMicros: null,
    holdMicros: holdMs * MICROS_PER_MS,
    clockErrorMicros: null,
    jitterMicros: 0,
  })
  return totalMicros / 1e6
}

export function lineOf(
  known: Fillability,
  query: FillQuery,
  { span }: Pick<BoundStrategy, 'span'>,
  latestSafeSec: number,
): Line {
  const name = `fillable ${query.asset} ${query.interval}`
  const best = known.best({ ...query, latestSafeSec })
  // Only whole seconds are kept; the one before is the one that is sure to have been.
  const fired = span.isAuto ? best : known.at(query, Math.max(1, Math.ceil(span.fromSec)))
  const when = span.isAuto
    ? `fires ${best.leftSec} s before the close, as chosen`
    : `fires ${span.fromSec} s before the close, as it is set`
  const detail = `${when}: ${fillWords(fired)}; ${dataWords(fired.data, null)}${span.isAuto ? '' : otherWords(fired, best)}`
  const hasLost = fired.data.own >= ENOUGH && fired.perShot.mid < 0
  if (!hasLost) return ok(name, detail)
  return warning(
    name,
    detail,
    'shots at this second have lost on average: lastsecond config set params.fireAt auto, or a lower params.maxAsk',
  )
}

function otherWords(fired: Fillable, best: Fillable): string {
  if (best.leftSec === fired.leftSec) return ''
  return `; fireAt: auto would fire at ${best.leftSec} s, ${fillWords(best)}`
}
