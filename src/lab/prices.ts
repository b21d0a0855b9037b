/**
 * What is told of one asset's price in a second: the settlement source's print and average of it, by a relay that is late, and the trades of an
 * exchange, which are not. When each was received is measured: 1.3 to 2.2 s after its second for the relay.
 */
import type { PriceTick } from '../domain/events.ts'
import type { Asset, FeedName, PriceSeries } from '../domain/ids.ts'
import { formatE18 } from '../domain/price.ts'
import {
  formatDecimal,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
  micros,
} from '../domain/units.ts'
import { tradesOf } from '../sim/exchange-trades.ts'
import type { PricePath } from '../sim/price-process.ts'
import { createRandom } from '../sim/random.ts'
import type { Fault } from './faults.ts'

export type PriceTeller = {
  /** All that is caused in the second, in no order. `busy`: every trade of the exchange, else the last one. */
  ofSecond(sec: number, busy: boolean): PriceTick[]
}

export type PriceTellerOptions = {
  readonly seed: number
  readonly asset: Asset
  readonly path: PricePath
  readonly exchange: PricePath
  readonly fault: Fault
  /** Our own time of an instant of the venue's. */
  ours(venueAt: number): Micros
}

const RELAY_MS = { least: 1_300, most: 2_200 }
const EXCHANGE_MS = { least: 30, most: 120 }
const AVERAGED = 60
const PRINT_PLACES = 8
const E18_OF_PRINT = 10_000_000_000n

export function createPriceTeller(options: PriceTellerOptions): PriceTeller {
  const { seed, asset, path, exchange, fault, ours } = options
  const exchangePrints = { print: (_: Asset, sec: number) => exchange.printAt(sec) }
  let told = path.printAt(path.oldestSec() + AVERAGED)

  const tick = (
    feed: FeedName,
    series: PriceSeries,
    price: string,
    at: { readonly venueAt: number; readonly heardAt: number },
  ): PriceTick => ({
    kind: 'price_tick',
    feed,
    asset,
    series,
    price,
    venueAt: micros(at.venueAt),
    recvAt: ours(at.heardAt),
  })

  function relayed(sec: number): PriceTick[] {
    const random = createRandom(seed, 'relay', asset, sec)
    const delay = Math.round(random.between(RELAY_MS.least, RELAY_MS.most) * MICROS_PER_MS)
    const venueAt = sec * MICROS_PER_SECOND
    const heardAt = venueAt + delay + (fault.lateMicros ?? 0)
    const ticks: PriceTick[] = []
    const fate = fault.print?.(seed, asset, sec) ?? 'told'
    if (fate === 'told') {
      told = path.printAt(sec)
      const mean = (BigInt(path.sumBefore(sec, AVERAGED)) * E18_OF_PRINT) / BigInt(AVERAGED)
      ticks.push(tick('rtds', 'twap60', formatE18(mean), { venueAt, heardAt }))
    }
    if (fate !== 'missing')
      ticks.push(tick('rtds', 'spot', formatDecimal(told, PRINT_PLACES), { venueAt, heardAt }))
    if (fault.repeatsSec !== undefined) {
      const old = sec - fault.repeatsSec
      const price = formatDecimal(path.printAt(old), PRINT_PLACES)
      ticks.push(tick('rtds', 'spot', price, { venueAt: old * MICROS_PER_SECOND, heardAt }))
    }
    return ticks
  }

  function traded(sec: number, busy: boolean): PriceTick[] {
    if (fault.silent?.(sec) === true) return []
    const trades = tradesOf(seed, exchangePrints, asset, sec)
    const random = createRandom(seed, 'heard', asset, sec)
    return (busy ? trades : trades.slice(-1)).map(({ price, atMs }) => {
      const delay = Math.round(random.between(EXCHANGE_MS.least, EXCHANGE_MS.most) * MICROS_PER_MS)
      const venueAt = atMs * MICROS_PER_MS
      const text = formatDecimal(price, PRINT_PLACES)
      return tick('binance', 'spot', text, { venueAt, heardAt: venueAt + delay })
    })
  }

  return { ofSecond: (sec, busy) => [...relayed(sec), ...traded(sec, busy)] }
}
