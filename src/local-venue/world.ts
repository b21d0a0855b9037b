/**
 * The state of the venue and the only hand that moves it. `advanceTo` plays everything that was due by an instant, in
 * order, and tells the listeners; reading never changes anything.
 *
 * Invariant: what is played depends on the seed and the venue's time only. Events carry the time at which they were due,
 * even when the process was late to play them.
 */
import type { BookSide } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import type { CrowdEvent } from '../sim/crowd-events.ts'
import { createTwoSidedBook } from '../sim/two-sided-book.ts'
import { finalOf, strikeOf, winnerOf } from '../sim/window-truth.ts'
import { createAgenda } from './agenda.ts'
import { hexId } from './identity.ts'
import type { VenueMarket } from './market.ts'
import { createMarketMaker, type MarketMaker, type MarketMakerOptions } from './market-maker.ts'
import { SERIES } from './schedule.ts'

/** In the terms of the Up book; the top is the one after this change. */
export type AppliedChange = {
  readonly side: BookSide
  readonly price: number
  readonly size: number
  readonly onDown: boolean
  readonly bestBid: number
  readonly bestAsk: number
}

export type Print = {
  readonly onDown: boolean
  readonly buys: boolean
  /** In the taker's token. */
  readonly price: number
  readonly size: number
  readonly transactionHash: string
}

export type WorldEvent = { readonly market: VenueMarket; readonly atMs: number } & (
  | {
      readonly kind: 'changes'
      readonly changes: readonly AppliedChange[]
      readonly matched: boolean
    }
  | { readonly kind: 'top' }
  | { readonly kind: 'print'; readonly print: Print }
  | { readonly kind: 'tick'; readonly from: number; readonly to: number }
  | { readonly kind: 'listed' }
  | { readonly kind: 'resolved' }
)

export type World = {
  readonly seed: number
  advanceTo(nowMs: number): void
  /** When there is something to do next. */
  nextAtMs(): number
  markets(): Iterable<VenueMarket>
  bySlug(slug: string): VenueMarket | null
  byCondition(conditionId: string): VenueMarket | null
  /** Resolved markets have no tokens any more that could be traded, but are still found. */
  byToken(token: string): VenueMarket | null
  listen(listener: (event: WorldEvent) => void): void
  /** Changes levels from outside the crowd. */
  change(market: VenueMarket, atMs: number, levels: readonly OutsideLevel[]): void
  schedule(atMs: number, action: () => void): void
}

export type OutsideLevel = {
  readonly side: BookSide
  readonly price: number
  readonly size: number
}

export type WorldOptions = MarketMakerOptions & {
  /** How many windows of each series are listed beside the running one. */
  readonly listedAhead: number
  /** True while a resolution that is due has to wait. */
  holdsResolution(market: VenueMarket, nowMs: number): boolean
}

type Item = { readonly atMs: number; run(): void }

/** A second is prepared this long before it begins, so that the work never falls on the second itself. */
const PREPARE_AHEAD_MS = 500
const RESOLUTION_RETRY_MS = 100
/** Finished windows are remembered for questions about them, the oldest are forgotten. */
const FINISHED_MAX = 2_000

export function createWorld(options: WorldOptions): World {
  const maker = createMarketMaker(options)
  const agenda = createAgenda<Item>()
  const registry = createRegistry()
  const listeners: ((event: WorldEvent) => void)[] = []
  const alive: VenueMarket[] = []
  const emit = (event: WorldEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const stage: Stage = { options, agenda, registry, alive, emit }
  let preparedSec = options.anchorSec

  const advanceTo = (nowMs: number): void => {
    while (preparedSec * 1000 - PREPARE_AHEAD_MS <= nowMs) {
      prepare(stage, maker, preparedSec)
      preparedSec += 1
    }
    for (let item = agenda.takeDue(nowMs); item !== null; item = agenda.takeDue(nowMs)) item.run()
  }

  return {
    seed: options.seed,
    advanceTo,
    nextAtMs: () =>
      Math.min(
        agenda.nextAtMs() ?? Number.POSITIVE_INFINITY,
        preparedSec * 1000 - PREPARE_AHEAD_MS,
      ),
    markets: () => registry.bySlug.values(),
    bySlug: (slug) => registry.bySlug.get(slug) ?? null,
    byCondition: (conditionId) => registry.byCondition.get(conditionId) ?? null,
    byToken: (token) => registry.byToken.get(token) ?? null,
    listen: (listener) => {
      listeners.push(listener)
    },
    change: (market, atMs, levels) => {
      const changes = levels.map((level) => applyLevel(market, { ...level, onDown: false }))
      market.changedAtMs = atMs
      emit({ kind: 'changes', market, atMs, changes, matched: false })
    },
    schedule: (atMs, action) => agenda.insert({ atMs, run: action }),
  }
}

type Stage = {
  readonly options: WorldOptions
  readonly agenda: ReturnType<typeof createAgenda<Item>>
  readonly registry: Registry
  readonly alive: VenueMarket[]
  readonly emit: (event: WorldEvent) => void
}

/** Puts on the agenda what happens in one second: new windows first, then the crowd of every living one. */
function prepare(stage: Stage, maker: MarketMaker, sec: number): void {
  const items: Item[] = []
  for (const series of SERIES) {
    for (const market of maker.due(series, sec, stage.options.listedAhead)) {
      stage.alive.push(market)
      items.push({ atMs: sec * 1000, run: () => list(stage, market) })
      items.push({
        atMs: market.resolvesAtMs,
        run: () => resolve(stage, market, market.resolvesAtMs),
      })
    }
  }
  for (const market of stage.alive) {
    for (const events of byMillisecond(market.crowd.nextSecond())) {
      const atMs = (events[0] as CrowdEvent).atMs
      items.push({ atMs, run: () => play(stage, market, atMs, events) })
    }
  }
  stage.agenda.addAll(items)
}

function byMillisecond(events: readonly CrowdEvent[]): CrowdEvent[][] {
  const groups: CrowdEvent[][] = []
  for (const event of events) {
    const group = groups.at(-1)
    if (group?.[0]?.atMs === event.atMs) group.push(event)
    else groups.push([event])
  }
  return groups
}

function list(stage: Stage, market: VenueMarket): void {
  stage.registry.add(market)
  stage.emit({ kind: 'listed', market, atMs: market.listedAtMs })
}

function resolve(stage: Stage, market: VenueMarket, atMs: number): void {
  if (stage.options.holdsResolution(market, atMs)) {
    const later = atMs + RESOLUTION_RETRY_MS
    stage.agenda.insert({ atMs: later, run: () => resolve(stage, market, later) })
    return
  }
  const { path, span } = market
  market.result = {
    winner: winnerOf(path, span),
    atMs,
    strike: strikeOf(path, span),
    final: finalOf(path, span),
  }
  market.book = createTwoSidedBook()
  stage.alive.splice(stage.alive.indexOf(market), 1)
  stage.registry.finished(market)
  stage.emit({ kind: 'resolved', market, atMs })
}

/** Plays what the crowd of one market does in one millisecond. */
function play(
  stage: Stage,
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
        changes.push(applyLevel(market, event))
        break
      case 'match':
        changes.push(applyLevel(market, event))
        matched = true
        followUps.push(printLater(stage, market, event))
        break
      case 'tick': {
        const from = market.tick
        market.tick = event.tick
        followUps.push({
          atMs,
          run: () => stage.emit({ kind: 'tick', market, atMs, from, to: event.tick }),
        })
        break
      }
    }
  }
  if (changes.length > 0) {
    market.changedAtMs = atMs
    stage.emit({ kind: 'changes', market, atMs, changes, matched })
  }
  if (matched || topText(market) !== topBefore) {
    followUps.push({
      atMs: atMs + 1,
      run: () => stage.emit({ kind: 'top', market, atMs: atMs + 1 }),
    })
  }
  for (const item of followUps) stage.agenda.insert(item)
}

function applyLevel(
  market: VenueMarket,
  level: OutsideLevel & { readonly onDown: boolean },
): AppliedChange {
  market.book.set(level.side, level.price, level.size)
  return {
    side: level.side,
    price: level.price,
    size: level.size,
    onDown: level.onDown,
    bestBid: market.book.bestBid()?.price ?? 0,
    bestAsk: market.book.bestAsk()?.price ?? TICKS_PER_DOLLAR,
  }
}

function topText(market: VenueMarket): string {
  return `${market.book.bestBid()?.price}/${market.book.bestAsk()?.price}`
}

/** The trade counts at once in the books; the print of it goes out some 20 ms later. */
function printLater(
  stage: Stage,
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
    transactionHash: hexId(stage.options.seed, market.slug, 'trade', match.atMs, match.price),
  }
  return { atMs, run: () => stage.emit({ kind: 'print', market, atMs, print }) }
}

type Registry = ReturnType<typeof createRegistry>

function createRegistry() {
  const bySlug = new Map<string, VenueMarket>()
  const byCondition = new Map<string, VenueMarket>()
  const byToken = new Map<string, VenueMarket>()
  const finishedMarkets: VenueMarket[] = []
  return {
    bySlug,
    byCondition,
    byToken,
    add: (market: VenueMarket): void => {
      bySlug.set(market.slug, market)
      byCondition.set(market.conditionId, market)
      byToken.set(market.up, market)
      byToken.set(market.down, market)
    },
    finished: (market: VenueMarket): void => {
      finishedMarkets.push(market)
      const oldest = finishedMarkets.length > FINISHED_MAX ? finishedMarkets.shift() : undefined
      if (oldest === undefined) return
      bySlug.delete(oldest.slug)
      byCondition.delete(oldest.conditionId)
      byToken.delete(oldest.up)
      byToken.delete(oldest.down)
    },
  }
}
