/** What a strategy would have seen of an asset's price at certain seconds before the close, and who won: what models of the price are fitted to. */
import type { EngineEvent } from '../domain/events.ts'
import { ASSETS, type Asset, type ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { MICROS_PER_SECOND, micros } from '../domain/units.ts'
import { createAssetWorld } from './asset-world.ts'
import { USUAL_CROWD } from './crowd-worth.ts'
import { createPaperExecution } from './execution.ts'
import { NO_FAULT } from './faults.ts'
import { createPlayer } from './player.ts'
import { labSettings, NO_GATES } from './settings.ts'
import { LAB_LENGTHS } from './windows.ts'
import { shareOf } from './winners-study.ts'

export type Sample = {
  /** Windows of one asset that end together share their last prices. */
  readonly group: string
  readonly left: number
  readonly distance: number
  readonly velocity5: number
  readonly velocity30: number
  readonly isUp: boolean
}

type Seen = Omit<Sample, 'isUp' | 'group'>

/** Each five seconds of the last one and a half minutes, then each fifteen. */
export const SAMPLED_SECS: readonly number[] = [
  ...Array.from({ length: 18 }, (_, at) => (at + 1) * 5),
  ...Array.from({ length: 34 }, (_, at) => 105 + at * 15),
]
const FROM_SEC = Math.max(...SAMPLED_SECS)
/** Velocities need the half minute before. */
const PRICES_FROM_SEC = FROM_SEC + 40

export function flowSamples(seed: number, windows: number): Sample[] {
  return ASSETS.flatMap((asset, index) => samplesOf(seed, asset, shareOf(windows, index)))
}

function samplesOf(seed: number, asset: Asset, windows: number): Sample[] {
  const detail = { lengths: LAB_LENGTHS, bookFromSec: 1, pricesFromSec: PRICES_FROM_SEC }
  const source = createAssetWorld({
    seed,
    asset,
    windows,
    fault: NO_FAULT,
    crowd: USUAL_CROWD,
    detail,
  })
  const { strategy, seen } = createWatcher()
  const samples: Sample[] = []
  const player = createPlayer({
    settings: labSettings(asset, strategy, NO_GATES),
    source,
    execution: createPaperExecution(seed),
    onFact(fact) {
      if (fact.kind !== 'settled') return
      const { market, winner } = fact.settlement
      const group = `${seed}/${asset}/${market.endAt}`
      for (const one of seen.get(market.conditionId) ?? [])
        samples.push({ ...one, group, isUp: winner === 'UP' })
      seen.delete(market.conditionId)
    },
  })
  for (const event of source.events()) {
    if (event.kind === 'market_listed')
      for (const question of questions(event.market, source.believedOffset)) player.later(question)
    player.feed(event)
  }
  return samples
}

/** It looks at the price at the sampled seconds, and wants nothing. */
function createWatcher(): {
  readonly strategy: BoundStrategy
  readonly seen: Map<ConditionId, Seen[]>
} {
  const seen = new Map<ConditionId, Seen[]>()
  const strategy: BoundStrategy = {
    name: 'watcher',
    listenFromSec: FROM_SEC + 5,
    span: { fromSec: FROM_SEC + 1, toSec: 0.5, isAuto: false, asks: null },
    ladder: null,
    bothSides: false,
    beyond: [],
    bounds: { fromSec: FROM_SEC + 1, toSec: 0, lowest: null, highest: null },
    starts: [],
    decide(view) {
      const left = view.leftMicros / MICROS_PER_SECOND
      if (Number.isInteger(left) && SAMPLED_SECS.includes(left)) {
        const { distance, velocity5, velocity30 } = view.flow
        const { conditionId } = view.market
        const list = seen.get(conditionId) ?? []
        seen.set(conditionId, list)
        if (distance !== null && velocity5 !== null && velocity30 !== null)
          if (list.at(-1)?.left !== left) list.push({ left, distance, velocity5, velocity30 })
      }
      return { intents: [], side: null, why: 'it only watches', checks: [] }
    },
  }
  return { strategy, seen }
}

/** A word that changes nothing makes the engine look at the window. */
function questions(market: Market, offset: number): EngineEvent[] {
  const lengthSec = (market.endAt - market.startAt) / MICROS_PER_SECOND
  return SAMPLED_SECS.filter((left) => left < lengthSec - 5).map((left) => ({
    kind: 'top_of_book',
    token: market.up,
    bestBid: null,
    bestAsk: null,
    recvAt: micros(market.endAt - left * MICROS_PER_SECOND - offset),
    venueAt: null,
  }))
}
