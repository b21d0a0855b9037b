/** From which second a window is shot at: as it was set, or chosen from what was learned of the asks of windows before it. */
import type { AskWindow } from '../domain/asks.ts'
import type { Trail } from '../domain/certificate.ts'
import type { Market, Winner } from '../domain/market.ts'
import type { FireAt } from '../domain/strategy.ts'
import { MICROS_PER_SECOND } from '../domain/units.ts'
import { askWindow } from '../pricing/ask-window.ts'
import { createFillability, EARLIEST_SEC, type Fillable } from '../pricing/fillability.ts'
import { wordsOf } from '../pricing/fillability-words.ts'
import { holdMicros } from './decision.ts'
import type { EngineSettings } from './settings.ts'

/** What is known of a window when its second is chosen. */
export type Moment = { readonly sigma: number | null; readonly latestSafeSec: number }

export type Firing = {
  /** What the process knew when it started. */
  remember(windows: readonly AskWindow[]): void
  /** A window that ended during this run. */
  learn(market: Market, trail: Trail, winner: Winner): void
  choose(market: Market, moment: Moment): FireAt
}

export function createFiring(
  settings: Pick<EngineSettings, 'strategy' | 'holdMs'>,
  known = createFillability(),
): Firing {
  function choose(market: Market, { sigma, latestSafeSec }: Moment): FireAt {
    const { span, listenFromSec } = settings.strategy
    const { isAuto, asks } = span
    if (!isAuto || asks === null) return { sec: span.fromSec, isChosen: false, why: 'as it is set' }
    const { asset, interval } = market
    const regime = known.regime(asset, sigma)
    const best: Fillable = known.best({
      asset,
      interval,
      regime,
      cap: asks.cap,
      holdSec: holdMicros(market, settings) / MICROS_PER_SECOND,
      latestSafeSec,
      earliestSec: Math.min(EARLIEST_SEC, listenFromSec),
    })
    return { sec: best.leftSec, isChosen: true, why: wordsOf(best, regime) }
  }

  return {
    remember(windows) {
      if (settings.strategy.span.isAuto) for (const window of windows) known.learn(window)
    },
    learn(market, trail, winner) {
      const { isAuto, asks } = settings.strategy.span
      if (!isAuto || asks === null) return
      const window = askWindow({ market, trail, winner }, asks)
      if (window !== null) known.learn(window)
    },
    choose,
  }
}
