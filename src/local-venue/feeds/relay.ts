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
  /** False where the settlement source said nothing and only the exchange did. */
  readonly settlement: boolean
  readonly exchange: bigint
  readonly spot: bigint
  readonly twap30: bigint
  readonly twap60: bigint
  /** When it is sent. */
  readonly atMs: number
}

export type Relay = {
  listen(listener: (print: RelayedPrint) => void): void
  /** The last prints that were sent, oldest first: what is told next is none of them and leaves none out. */
  backfill(asset: Asset, count: number): readonly RelayedPrint[]
}

const DELAY_MS = { least: 1_100, most: 1_900 }
const LATE_MS = 5_000
const SECOND_MS = 1_000
/** Means of sixty prints need sixty before them. */
const PRINTS_BEFORE = 60
const KEPT = 120

export type RelayDeps = {
  readonly world: World
  readonly prints: Prints
  readonly exchange: Prints
  readonly faults: Faults
  nowMs(): number
}

export function createRelay({ world, prints, exchange, faults, nowMs }: RelayDeps): Relay {
  const listeners: ((print: RelayedPrint) => void)[] = []
  const sent = new Map<Asset, RelayedPrint[]>(ASSETS.map((asset) => [asset, []]))
  const latestAtMs = new Map<Asset, number>()
  const sendTime = (asset: Asset, sec: number): number => {
    const random = createRandom(world.seed, 'relay', asset, sec)
    return sec * SECOND_MS + Math.round(random.between(DELAY_MS.least, DELAY_MS.most))
  }
  const at = (asset: Asset, sec: number, atMs: number, settlement = true): RelayedPrint => ({
    asset,
    sec,
    settlement,
    exchange: exchange.spot(asset, sec),
    spot: prints.spot(asset, sec),
    twap30: prints.mean(asset, sec, 30),
    twap60: prints.mean(asset, sec, 60),
    atMs,
  })
  const keep = (print: RelayedPrint): void => {
    const list = sent.get(print.asset) as RelayedPrint[]
    list.push(print)
    if (list.length > KEPT) list.shift()
  }
  const send = (asset: Asset, sec: number, atMs: number): void => {
    if (missesStart(world, faults, asset, sec)) return
    const print = at(asset, sec, atMs, !faults.strikes('chainlink-gap'))
    keep(print)
    for (const listener of listeners) listener(print)
  }
  const plan = (asset: Asset, sec: number): void => {
    const due = sendTime(asset, sec) + (faults.strikes('feed-late') ? LATE_MS : 0)
    // One after the other, also when the late ones are overtaken by the usual ones.
    const atMs = Math.max(due, (latestAtMs.get(asset) ?? 0) + 1)
    latestAtMs.set(asset, atMs)
    world.schedule(atMs, () => send(asset, sec, atMs))
  }
  const turn = (sec: number): void => {
    for (const asset of ASSETS) plan(asset, sec)
    world.schedule((sec + 1) * SECOND_MS, () => turn(sec + 1))
  }
  // What was sent before the venue began, and what was on its way then.
  const startMs = nowMs()
  const firstSec = Math.ceil(startMs / SECOND_MS)
  for (const asset of ASSETS) {
    const oldest = Math.max(firstSec - KEPT, prints.oldestSec(asset) + PRINTS_BEFORE)
    for (let sec = oldest; sec < firstSec; sec += 1) {
      const atMs = sendTime(asset, sec)
      if (atMs <= startMs) keep(at(asset, sec, atMs))
      else plan(asset, sec)
    }
  }
  world.schedule(firstSec * SECOND_MS, () => turn(firstSec))

  return {
    listen: (listener) => void listeners.push(listener),
    backfill: (asset, count) => (sent.get(asset) ?? []).slice(-count),
  }
}

/** The fault may be meant for one window only. */
function missesStart(world: World, faults: Faults, asset: Asset, sec: number): boolean {
  for (const market of world.markets()) {
    const starts = market.series.asset === asset && market.window.startSec === sec
    if (starts && faults.strikes('missing-start-tick', market)) return true
  }
  return false
}
