/** The ways that paper orders take where `paper.postMs` is auto: drawn from those of live orders, where enough of them were measured. */
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Log } from '../domain/ports.ts'
import { MICROS_PER_MS } from '../domain/units.ts'
import { holdMicros } from '../engine/decision.ts'
import { orderTrips } from '../ledger/order-trips.ts'
import { LEAST_TRIPS, type Trips, tripAt } from '../sim/paper/trips.ts'
import { holdMsOf } from './bot-setup.ts'

/** A venue and a line change; what is older than this many windows with a shot says little of now. */
const LATEST = 500

export type MeasuredTrips = { readonly trips: Trips; readonly line: string }

export function measuredTrips(config: Config): MeasuredTrips {
  const path = join(config.dataDir, config.venue, 'live', 'ledger.db')
  const settings = { holdMs: holdMsOf(config) }
  const found = orderTrips(path, LATEST, (market) => holdMicros(market, settings))
  const count = `${found.length} ${found.length === 1 ? 'order' : 'orders'}`
  if (found.length < LEAST_TRIPS) {
    const why = `the live ledger has measured ${count}, and ${LEAST_TRIPS} are asked for`
    return { trips: [], line: `paper orders take as long as the median round trip: ${why}` }
  }
  const ms = (share: number): string => `${Math.round(tripAt(found, share) / MICROS_PER_MS)} ms`
  const drawn = `from ${count} of the live ledger: half take ${ms(0.5)} or less, one in a hundred more than ${ms(0.99)}`
  return { trips: found, line: `paper orders take as long as is drawn ${drawn}` }
}

/** Nothing where paper orders are not asked how long they take. */
export function tripsFor({ config, log }: { readonly config: Config; readonly log: Log }): Trips {
  const { postMs, fill } = config.paper
  if (postMs !== 'auto' || fill === 'instant') return []
  const { trips, line } = measuredTrips(config)
  log.info(line)
  return trips
}
