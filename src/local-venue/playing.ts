/** Plays what a crowd does: the book changes at once, tops and prints follow as they do on the real venue. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { CrowdEvent } from '../sim/crowd-events.ts'
import type { Trade } from '../sim/matching-types.ts'
import { hexId } from './identity.ts'
import type { LevelTouch, VenueMarket } from './market.ts'
import type { AppliedChange, OutsideLevel, WorldEvent } from './world-events.ts'

const PRINT_AFTER_MS = 22

/** Something to be done at a millisecond. */
export type Item = { readonly atMs: number; run(): void }

export type Player = {
  readonly seed: number
  readonly emit: (event: WorldEvent) => void
  /** Puts what follows on the agenda. */
  follow(item: Item): void
}

/** Plays what the crowd of one market does in one millisecond. */
export function play(
  player: Player,
  market: VenueMarket,
  atMs: number,
  events: readonly CrowdEvent[],
): void {
  if (market.result !== null) return
  const changes: AppliedChange[] = []
  const followUps: Item[] = []
  const topBefore = topText(market)
  let matched = false
  for (const event of events) {
    switch (event.kind) {
      case 'level':
        changes.push(...applyLevel(market, event, atMs))
        break
      case 'match':
        market.people?.matching.crowdTakes(event.side, event.price, event.matched, atMs)
        changes.push(...applyLevel(market, event, atMs))
        matched = true
        followUps.push(printLater(player, market, event))
        break
      case 'tick': {
        const from = market.tick
        market.tick = event.tick
        followUps.push({
          atMs,
          run: () => player.emit({ kind: 'tick', market, atMs, from, to: event.tick }),
        })
        break
      }
    }
  }
  const trades = market.people?.trades() ?? []
  changes.push(...peoplesChanges(market))
  for (const trade of trades) followUps.push(tradePrint(player, market, trade))
  matched ||= trades.length > 0
  if (changes.length > 0) {
    market.changedAtMs = atMs
    player.emit({ kind: 'changes', market, atMs, changes, matched })
  }
  if (matched || topText(market) !== topBefore) {
    followUps.push({
      atMs: atMs + 1,
      run: () => player.emit({ kind: 'top', market, atMs: atMs + 1 }),
    })
  }
  for (const item of followUps) player.follow(item)
}

/** Orders of people that a level traded with leave the book before the level stands in it: no frame shows the two crossed. */
export function applyLevel(
  market: VenueMarket,
  level: OutsideLevel & { readonly onDown: boolean },
  atMs: number,
): AppliedChange[] {
  if (market.people === null) market.book.set(level.side, level.price, level.size)
  else market.people.matching.setCrowd(level.side, level.price, level.size, atMs)
  return [...peoplesChanges(market), shown(market, level)]
}

function peoplesChanges(market: VenueMarket): AppliedChange[] {
  return (market.people?.touched() ?? []).map((touch) => shown(market, touch))
}

/** A level as it now stands, the orders of people in it. */
function shown(market: VenueMarket, { side, price, onDown }: LevelTouch): AppliedChange {
  if (market.people !== null) {
    market.book.set(side, price, market.people.matching.sizeAt(side, price))
  }
  return {
    side,
    price,
    size: market.book.sizeAt(side, price),
    onDown,
    bestBid: market.book.bestBid()?.price ?? 0,
    bestAsk: market.book.bestAsk()?.price ?? TICKS_PER_DOLLAR,
  }
}

function topText(market: VenueMarket): string {
  return `${market.book.bestBid()?.price}/${market.book.bestAsk()?.price}`
}

/** The print of a trade in which a person had a part. */
function tradePrint(player: Player, market: VenueMarket, trade: Trade): Item {
  const { token, way, price, shares, maker } = trade
  market.lastTrade = {
    restingText: (maker.price / TICKS_PER_DOLLAR).toFixed(3),
    price,
    takerOnDown: token === 'DOWN',
    takerBuys: way === 'BUY',
  }
  market.volume += Math.round((price * shares) / TICKS_PER_DOLLAR)
  const atMs = trade.atMs + PRINT_AFTER_MS
  const print = {
    onDown: token === 'DOWN',
    buys: way === 'BUY',
    price,
    size: shares,
    transactionHash: hexId(player.seed, trade.id, 'transaction'),
  }
  return { atMs, run: () => player.emit({ kind: 'print', market, atMs, print }) }
}

/** The trade counts at once in the books; the print of it goes out some 20 ms later. */
function printLater(
  player: Player,
  market: VenueMarket,
  match: Extract<CrowdEvent, { kind: 'match' }>,
): Item {
  const resting = match.onDown ? TICKS_PER_DOLLAR - match.price : match.price
  const price = match.takerOnDown ? TICKS_PER_DOLLAR - match.price : match.price
  // An Up ask is taken by somebody who buys Up or sells Down; an Up bid the other way round.
  const buys = (match.side === 'ASK') !== match.takerOnDown
  market.lastTrade = {
    restingText: (resting / TICKS_PER_DOLLAR).toFixed(3),
    price,
    takerOnDown: match.takerOnDown,
    takerBuys: buys,
  }
  market.volume += Math.round((price * match.matched) / TICKS_PER_DOLLAR)
  const atMs = match.atMs + match.printAfterMs
  const print = {
    onDown: match.takerOnDown,
    buys,
    price,
    size: match.matched,
    transactionHash: hexId(player.seed, market.slug, 'trade', match.atMs, match.price),
  }
  return { atMs, run: () => player.emit({ kind: 'print', market, atMs, print }) }
}
