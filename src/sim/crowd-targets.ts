/**
 * Where the crowd wants the top of a book: a pure answer to "what is Up worth, how long is left, who still sells". All
 * prices are ten-thousandths of a dollar, in the terms of the Up token.
 */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'

/** Null: nobody is to stand on that side. */
export type Targets = {
  readonly bid: number | null
  readonly ask: number | null
  /** The favourite is Up. */
  readonly upLeads: boolean
  /** The favourite's bids are the wall that stands after the close. */
  readonly wall: boolean
}

export type TargetInputs = {
  /** The makers' idea of the chance that Up wins. */
  readonly up: number
  readonly secondsLeft: number
  readonly tick: number
  readonly spreadTicks: number
  readonly asksGone: boolean
  /** The favourite's last sellers ask no more than this. */
  readonly askCeiling: number
  readonly wallPrice: number
}

/** A favourite dearer than this is sold off by those who want out, at their own ceiling. */
const DECIDED = 0.93

export function crowdTargets(inputs: TargetInputs): Targets {
  const upLeads = inputs.up >= 0.5
  const favourite = favouriteTargets(inputs, upLeads ? inputs.up : 1 - inputs.up)
  const wall = favourite.wall
  if (upLeads) return { bid: favourite.bid, ask: favourite.ask, upLeads, wall }
  return { bid: mirrored(favourite.ask), ask: mirrored(favourite.bid), upLeads, wall }
}

type FavouriteTargets = Pick<Targets, 'wall'> & {
  readonly bid: number
  readonly ask: number | null
}

function favouriteTargets(inputs: TargetInputs, chance: number): FavouriteTargets {
  const { tick, spreadTicks } = inputs
  const worth = chance * TICKS_PER_DOLLAR
  if (inputs.asksGone) {
    if (inputs.secondsLeft <= 0) return { bid: inputs.wallPrice, ask: null, wall: true }
    return { bid: clamp(down(worth, tick), tick, inputs.wallPrice), ask: null, wall: false }
  }
  const ceiling = chance >= DECIDED ? inputs.askCeiling : TICKS_PER_DOLLAR - 100
  const ask = clamp(up(worth + tick / 4, tick), 2 * tick, down(ceiling, tick))
  return { bid: Math.max(tick, ask - spreadTicks * tick), ask, wall: false }
}

export function mirrored(price: number): number
export function mirrored(price: number | null): number | null
export function mirrored(price: number | null): number | null {
  return price === null ? null : TICKS_PER_DOLLAR - price
}

function up(value: number, tick: number): number {
  return Math.ceil(value / tick) * tick
}

function down(value: number, tick: number): number {
  return Math.floor(value / tick) * tick
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
