/**
 * How long orders took to the venue and back, as it was measured, and the way of one order drawn from that. Of a bell or a median nothing of the tail is
 * left, and it is the tail that misses a close; so what is drawn from is what was seen, and between two that were seen, a straight line.
 */
import type { OrderId } from '../../domain/ids.ts'
import { createRandom } from '../random.ts'

/** In microseconds, the shortest first; empty: nothing was measured. */
export type Trips = readonly number[]

/** Fewer say too little of the slowest in twenty. */
export const LEAST_TRIPS = 30

/** By the order's name, so that the same order takes as long in every run of the same seed. */
export function drawTrip(trips: Trips, seed: number, orderId: OrderId): number {
  return tripAt(trips, createRandom(seed, 'measured trip', orderId).next())
}

/** `share` of the trips are as long or shorter. */
export function tripAt(trips: Trips, share: number): number {
  const at = share * (trips.length - 1)
  const below = trips[Math.floor(at)] ?? 0
  const above = trips[Math.ceil(at)] ?? below
  return Math.round(below + (above - below) * (at - Math.floor(at)))
}
