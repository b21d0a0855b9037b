/**
 * Tells each print of the settlement source to those who relay it, late by what the real relay is late: 1.1 to 1.9 s. One agenda for
 * RTDS and PolyBolt, so that both say the same.
 */
import { ASSETS, type Asset } from '../../domain/ids.ts'
import { createRandom } from '../../sim/random.ts'
import type { Faults } from '../faults.ts'
import type { World } from '../world.ts'
import type { Prints } from './prints.ts'

/** The values stamped with one second. */
export type RelayedPrint = {
  readonly asset: Asset
  readonly sec: number
  readonly spot: bigint
  readonly twap30: bigint
  readonly twap60: bigint
  /** When it is sent. */
  readonly atMs: number
}

export type Relay = {
  listen(listener: (print: RelayedPrint) => void): void
  /** The last prints that were sent by this instant, oldest first. */
  backfill(asset: Asset, atMs: number, count: number): readonly RelayedPrint[]
}

const DELAY_MS = { least: 1_100, most: 1_900 }
const LATE_MS = 5_000
const SECOND_MS = 1_000
/** Means of sixty prints need sixty before them. */
const PRINTS_BEFORE = 60

export function createRelay(
  world: World,
  prints: Prints,
  faults: Faults,
  nowMs: () => number,
): Relay {
  const listeners: ((print: RelayedPrint) => void)[] = []
  const delayOf = (asset: Asset, sec: number): number =>
    Math.round(createRandom(world.seed, 'relay', asset, sec).between(DELAY_MS.least, DELAY_MS.most))
  const at = (asset: Asset, sec: number, atMs: number): RelayedPrint => ({
    asset,
    sec,
    spot: prints.spot(asset, sec),
    twap30: prints.mean(asset, sec, 30),
    twap60: prints.mean(asset, sec, 60),
    atMs,
  })
  const send = (asset: Asset, sec: number, atMs: number): void => {
    if (faults.strikes('rtds-freeze')) return
    if (startsAWindow(world, asset, sec) && faults.strikes('missing-start-tick')) return
    const print = at(asset, sec, atMs)
    for (const listener of listeners) listener(print)
  }
  const turn = (sec: number): void => {
    for (const asset of ASSETS) {
      const late = faults.strikes('feed-late') ? LATE_MS : 0
      const atMs = sec * SECOND_MS + delayOf(asset, sec) + late
      world.schedule(atMs, () => send(asset, sec, atMs))
    }
    world.schedule((sec + 1) * SECOND_MS, () => turn(sec + 1))
  }
  const firstSec = Math.ceil(nowMs() / SECOND_MS)
  world.schedule(firstSec * SECOND_MS, () => turn(firstSec))

  return {
    listen: (listener) => void listeners.push(listener),
    backfill: (asset, atMs, count) => {
      const newest = Math.floor((atMs - DELAY_MS.most) / SECOND_MS)
      const oldest = Math.max(newest - count + 1, prints.firstSec + PRINTS_BEFORE)
      const list: RelayedPrint[] = []
      for (let sec = oldest; sec <= newest; sec += 1) list.push(at(asset, sec, atMs))
      return list
    },
  }
}

function startsAWindow(world: World, asset: Asset, sec: number): boolean {
  for (const market of world.markets()) {
    if (market.series.asset === asset && market.window.startSec === sec) return true
  }
  return false
}
