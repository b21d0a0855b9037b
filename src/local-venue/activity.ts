/** A trade as the venue tells the world of it: by RTDS when it happens, by the Data API afterwards. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { outcomeOf } from './market.ts'
import type { World } from './world.ts'
import type { WorldEvent } from './world-events.ts'

export type TradePrint = Extract<WorldEvent, { kind: 'print' }>

const KEPT = 5_000
const MICRO = 1_000_000

/** The last prints, oldest first. */
export function keepPrints(world: World): () => readonly TradePrint[] {
  const prints: TradePrint[] = []
  world.listen((event) => {
    if (event.kind !== 'print') return
    prints.push(event)
    if (prints.length > KEPT) prints.splice(0, prints.length - KEPT)
  })
  return () => prints
}

/** Who traded is nobody in particular: the crowd has no names. */
export function activityOf({ market, print, atMs }: TradePrint) {
  const asset = print.onDown ? market.down : market.up
  return {
    asset,
    bio: '',
    conditionId: market.conditionId,
    eventSlug: market.slug,
    icon: '',
    name: 'somebody',
    outcome: outcomeOf(market, asset),
    outcomeIndex: print.onDown ? 1 : 0,
    price: print.price / TICKS_PER_DOLLAR,
    profileImage: '',
    proxyWallet: `0x${print.transactionHash.slice(2, 42)}`,
    pseudonym: 'somebody',
    side: print.buys ? 'BUY' : 'SELL',
    size: print.size / MICRO,
    slug: market.slug,
    timestamp: Math.floor(atMs / 1_000),
    title: market.title,
    transactionHash: print.transactionHash,
  }
}
