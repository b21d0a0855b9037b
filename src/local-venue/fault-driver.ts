/** The faults that change the books themselves: every second they are on, they do their work once. */
import type { BookSide } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { createRandom } from '../sim/random.ts'
import { FAULTS, type FaultName, type Faults } from './faults.ts'
import { phaseOf, type VenueMarket } from './market.ts'
import type { World } from './world.ts'

const PERIOD_MS = 1_000
/** Off the whole second, where bots decide. */
const OFFSET_MS = 500
const DRAW_EVERY_MS = 10_000
const DRAWN_FOR_MS = 3_000
const CROSSED_FOR_MS = 300
/** A size that nobody else has, so that the order that crossed is known again. */
const CROSSING_SIZE = 5_031_700

export function driveFaults(world: World, faults: Faults, nowMs: () => number): void {
  const flip = (atMs: number): void => {
    for (const market of world.markets()) {
      if (phaseOf(market, atMs) === 'open' && faults.strikes('tick-flip', market)) {
        market.crowd?.forceFineTick()
      }
    }
  }
  const modernise = (atMs: number): void => {
    for (const market of world.markets()) {
      if (phaseOf(market, atMs) === 'upcoming' && faults.strikes('order-version-3', market)) {
        market.version = 'v2'
      }
    }
  }
  const die = createRandom(world.seed, 'drawn')
  const drawable = (Object.keys(FAULTS) as FaultName[]).filter((name) => name !== 'drawn')
  const draw = (atMs: number): void => {
    if (atMs % DRAW_EVERY_MS !== OFFSET_MS || !faults.isOn('drawn')) return
    const name = drawable[die.below(drawable.length)] as FaultName
    faults.set({
      name,
      market: null,
      untilMs: atMs + DRAWN_FOR_MS,
      probability: FAULTS[name].chance,
    })
  }
  const strike = (atMs: number): void => {
    draw(atMs)
    modernise(atMs)
    // Windows that begin while the fault is on are meant too.
    flip(atMs)
    for (const market of world.markets()) {
      const meant = phaseOf(market, atMs) === 'open' && faults.strikes('crossed-book', market)
      if (meant) cross(world, market, atMs)
    }
    world.schedule(atMs + PERIOD_MS, () => strike(atMs + PERIOD_MS))
  }
  faults.onSet((fault) => {
    if (fault.name === 'tick-flip') flip(nowMs())
    if (fault.name === 'order-version-3') modernise(nowMs())
  })
  const firstMs = Math.ceil(nowMs() / PERIOD_MS) * PERIOD_MS + OFFSET_MS
  world.schedule(firstMs, () => strike(firstMs))
}

/** A buyer one tick above the best seller, who goes away again. */
function cross(world: World, market: VenueMarket, atMs: number): void {
  const ask = market.book.bestAsk()
  if (ask === null || ask.price + market.tick >= TICKS_PER_DOLLAR) return
  const side: BookSide = 'BID'
  const price = ask.price + market.tick
  world.change(market, atMs, [{ side, price, size: CROSSING_SIZE }])
  const healedAtMs = atMs + CROSSED_FOR_MS
  world.schedule(healedAtMs, () => {
    if (market.book.sizeAt(side, price) !== CROSSING_SIZE) return
    world.change(market, healedAtMs, [{ side, price, size: 0 }])
  })
}
