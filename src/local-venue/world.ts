/**
 * The state of the venue and the only hand that moves it. `advanceTo` plays everything that was due by an instant, in
 * order, and tells the listeners; reading never changes anything.
 *
 * Invariant: what is played depends on the seed and the venue's time only. Events carry the time at which they were due,
 * even when the process was late to play them.
 */
import type { Asset } from '../domain/ids.ts'
import type { CrowdEvent } from '../sim/crowd-events.ts'
import type { PricePath } from '../sim/price-process.ts'
import { createTwoSidedBook } from '../sim/two-sided-book.ts'
import { finalOf, strikeOf, winnerOf } from '../sim/window-truth.ts'
import { createAgenda } from './agenda.ts'
import type { Bugs } from './bugs.ts'
import type { VenueMarket } from './market.ts'
import { createMarketMaker, type MarketMaker, type MarketMakerOptions } from './market-maker.ts'
import { applyLevel, type Item, play } from './playing.ts'
import { createRegistry, type Registry } from './registry.ts'
import { SERIES } from './schedule.ts'
import type { OutsideLevel, WorldEvent } from './world-events.ts'

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
  /** Names the winner of a window that has ended, before it is due. */
  resolveNow(market: VenueMarket, atMs: number): void
  /** Tells what people's orders changed in a market. */
  settle(market: VenueMarket, atMs: number): void
  pathOf(asset: Asset): PricePath
  exchangePathOf(asset: Asset): PricePath
}

export type WorldOptions = MarketMakerOptions & {
  /** How many windows of each series are listed beside the running one. */
  readonly listedAhead: number
  /** True while a resolution that is due has to wait. */
  holdsResolution(market: VenueMarket, nowMs: number): boolean
  readonly bugs: Bugs
}

/** A second is prepared this long before it begins, so that the work never falls on the second itself. */
const PREPARE_AHEAD_MS = 500
const RESOLUTION_RETRY_MS = 100

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
    for (let item = agenda.takeDue(nowMs); item !== null; item = agenda.takeDue(nowMs)) {
      options.bugs.attempt(item.run)
    }
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
      const changes = levels.flatMap((level) =>
        applyLevel(market, { ...level, onDown: false }, atMs),
      )
      market.changedAtMs = atMs
      emit({ kind: 'changes', market, atMs, changes, matched: false })
    },
    schedule: (atMs, action) => agenda.insert({ atMs, run: action }),
    resolveNow: (market, atMs) => finish(stage, market, atMs),
    settle: (market, atMs) =>
      play({ seed: options.seed, emit, follow: agenda.insert }, market, atMs, []),
    pathOf: maker.pathOf,
    exchangePathOf: maker.exchangePathOf,
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
  const player = { seed: stage.options.seed, emit: stage.emit, follow: stage.agenda.insert }
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
    for (const events of byMillisecond(market.crowd?.nextSecond() ?? [])) {
      const atMs = (events[0] as CrowdEvent).atMs
      items.push({ atMs, run: () => play(player, market, atMs, events) })
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
  if (market.result !== null) return
  if (stage.options.holdsResolution(market, atMs)) {
    const later = atMs + RESOLUTION_RETRY_MS
    stage.agenda.insert({ atMs: later, run: () => resolve(stage, market, later) })
    return
  }
  finish(stage, market, atMs)
}

function finish(stage: Stage, market: VenueMarket, atMs: number): void {
  const { path, span } = market
  market.result = {
    winner: winnerOf(path, span),
    atMs,
    strike: strikeOf(path, span),
    final: finalOf(path, span),
  }
  market.people?.matching.resolve(market.result.winner)
  market.book = createTwoSidedBook()
  market.crowd = null
  stage.alive.splice(stage.alive.indexOf(market), 1)
  stage.registry.finished(market)
  stage.emit({ kind: 'resolved', market, atMs })
}
