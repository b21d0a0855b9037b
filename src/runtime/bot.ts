/**
 * The bot: parts put together, started and stopped in order. What the ledger remembers enters before anything is found, the venue's
 * clock is bounded before anything is scheduled, and everything that was opened is closed again, with the ledger last.
 */

import type { OperatorAction } from '../domain/account.ts'
import type { AskWindow } from '../domain/asks.ts'
import type { Change } from '../domain/change.ts'
import type {
  BookSource,
  EventSink,
  FactSink,
  Finder,
  Keeper,
  Log,
  PriceFeed,
  Tape,
  VenueClock,
} from '../domain/ports.ts'
import type { Micros, MicroUsdc } from '../domain/units.ts'
import { holdMicros } from '../engine/decision.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { allFinal, onlyWaiting } from '../engine/own-orders.ts'
import type { EngineSettings } from '../engine/settings.ts'
import { createDayClock, type Day } from './day-clock.ts'
import { createDispatcher } from './dispatcher.ts'
import { createEnding } from './ending.ts'
import { createGateway, type Orders } from './modes.ts'
import { createOrchestrator } from './orchestrator.ts'
import { type EngineSnapshot, engineSnapshot } from './snapshot.ts'
import { createTimers } from './timers.ts'
import { createUnderstudy } from './understudy.ts'

export type BotDeps = {
  readonly settings: EngineSettings
  readonly orders: Orders
  readonly now: () => Micros
  readonly log: Log
  readonly keeper: Keeper
  readonly sinks: readonly FactSink[]
  readonly tape: Tape | null
  /** The venue began with this process, so that nobody knows the windows of before. */
  readonly venueIsNew: boolean
  /** Windows of before, in the order of time: when to fire is learned from them. */
  readonly learned?: readonly AskWindow[]
  /** When the days of the account begin; left out, there are none. */
  readonly day?: Day
  /** Checks what a person asks of the settings against those that are changed already; left out, none may be changed. */
  readonly plan?: (
    asked: ReadonlyMap<string, string>,
    inForce: readonly Change[],
  ) => readonly Change[]
  /** The venue's adapters, made for this bot's own event queue. */
  venue(emit: EventSink, venueNow: () => Micros): VenueParts
}

export type VenueParts = {
  readonly books: BookSource
  readonly finder: Finder
  readonly clock: VenueClock
  readonly feeds: readonly PriceFeed[]
}

export type Readiness = { readonly ready: boolean; readonly notReady: readonly string[] }

export type Bot = {
  start(): Promise<void>
  /** No new shots; what is in flight is judged, sockets close, the ledger is safe. */
  stop(): Promise<void>
  snapshot(): EngineSnapshot
  readiness(): Readiness
  cash(): MicroUsdc
  /** No order is out whose fate could still move money. */
  isQuiet(): boolean
  /** None but such that wait at the venue. */
  isWaiting(): boolean
  /** A person's word. Resolves when the engine has taken it, which is never before what the ledger remembers. */
  operate(action: OperatorAction): Promise<void>
  /** A person's wish about settings; what of them has changed when the engine has taken it. Throws what they are to be told where it does not fit. */
  change(asked: ReadonlyMap<string, string>, by: string): Promise<readonly Change[]>
  /** Resolves when a run of one window of each series is through, or a stopped one has nothing open. */
  readonly done: Promise<void>
}

export function createBot(deps: BotDeps): Bot {
  const engine: Engine = createEngine(deps.settings)
  const { now } = deps
  const emit: EventSink = (event) => dispatcher.dispatch(event)
  const ending = createEnding(deps.settings, () => openShots(engine))
  const { books, finder, clock, feeds } = deps.venue(emit, venueNow)
  const timers = createTimers(emit, now)
  const understudy = createUnderstudy(deps.settings)
  const gateway = createGateway(deps.orders, {
    venueNow,
    book: engine.book,
    balance: () => engine.view().free,
    sharesOf: (market, side) => engine.held(market.conditionId, side),
    offsetMicros: () => engine.view().clock?.offsetMicros ?? 0,
    roundTripMicros: () => engine.view().roundTrip?.p50Micros ?? 0,
    holdMicros: (market) => holdMicros(market, deps.settings),
    emit,
    now,
    rehearse() {
      understudy()
      engine.preview(now())
    },
    twinFailed: (error) =>
      deps.log.error('the paper exchange beside the live orders broke; they go on without it', {
        error,
      }),
  })
  const orchestrator = createOrchestrator({ books, finder, gateway, timers, log: deps.log })
  const sinks = [deps.keeper, ending.sink, ...deps.sinks]
  const dispatcher = createDispatcher({
    engine,
    tape: deps.tape,
    sinks,
    act: orchestrator.act,
    hear: gateway.hear,
  })
  let started = false
  let remember: () => void = () => undefined
  const restored = new Promise<void>((resolve) => {
    remember = resolve
  })
  let stopped: Promise<void> | null = null
  const days = deps.day === undefined ? null : createDayClock(deps.day, emit, now)

  function venueNow(): Micros {
    return clock.venueNow()
  }

  async function start(): Promise<void> {
    const remembered = await deps.keeper.restore()
    if (stopped !== null) return remember()
    // A new venue may play windows of before again; nothing of them is over there, and nobody will name their winners.
    const ofBefore = deps.venueIsNew ? { settled: [], unjudged: [] } : {}
    emit({ kind: 'restored', ...remembered, ...ofBefore, recvAt: now(), venueAt: null })
    if (deps.learned !== undefined && deps.learned.length > 0)
      emit({ kind: 'learned', windows: deps.learned, recvAt: now(), venueAt: null })
    remember()
    days?.tell()
    gateway.recover(remembered.shots)
    if (deps.venueIsNew) {
      const open = [...remembered.shots.map(({ market }) => market), ...remembered.barred]
      for (const { conditionId } of open) {
        emit({
          kind: 'market_resolved',
          conditionId,
          winner: 'VOID',
          source: 'its embedded venue is gone',
          recvAt: now(),
          venueAt: null,
        })
      }
    }
    for (const feed of feeds) feed.start()
    await clock.start()
    if (stopped !== null) return
    finder.start()
    started = true
    await days?.start()
  }

  function tell(action: OperatorAction): void {
    emit({ kind: 'operator', action, recvAt: now(), venueAt: null })
  }

  async function close(): Promise<void> {
    if (!engine.view().stopping) tell('stop')
    await gateway.close()
    timers.clear()
    await days?.stop()
    clock.stop()
    for (const feed of feeds) await feed.close()
    await finder.stop()
    await orchestrator.close()
    // What was found meanwhile asked for wakes of its own.
    timers.clear()
    await deps.tape?.close()
    // The ledger is the first of them and closes last: others may still have something for it.
    for (const sink of sinks.reverse()) await sink.close()
  }

  return {
    start,
    stop() {
      stopped ??= close()
      return stopped
    },
    async operate(action) {
      await restored
      if (stopped !== null) throw new Error(`the bot is ending and takes no "${action}" any more`)
      tell(action)
    },
    async change(asked, by) {
      await restored
      if (stopped !== null) throw new Error('the bot is ending and takes no settings any more')
      // Between the check and the event nobody else has a turn.
      const changes = deps.plan?.(asked, [...engine.view().changes.values()]) ?? []
      if (changes.length > 0)
        emit({ kind: 'parameters', changes, by, recvAt: now(), venueAt: null })
      return changes
    },
    snapshot: () => engineSnapshot(engine.view(), now()),
    cash: () => engine.view().cash,
    isQuiet: () => [...engine.view().traders].every(allFinal),
    isWaiting: () => [...engine.view().traders].every(onlyWaiting),
    readiness: () => readinessOf(engine, started),
    done: ending.done,
  }
}

function openShots(engine: Engine): number {
  return [...engine.view().traders].filter((trader) => trader.state === 'fired').length
}

function readinessOf(engine: Engine, started: boolean): Readiness {
  const { clock, traders, settings } = engine.view()
  const notReady: string[] = []
  if (!started) notReady.push('discovery has not started')
  if (clock === null) notReady.push("the venue's clock is not bounded yet")
  else if (clock.errorMicros > settings.limits.maxClockErrorMs * 1_000) {
    notReady.push("the venue's clock is not known well enough")
  }
  for (const trader of traders) {
    if (trader.state === 'listening') notReady.push(`${trader.market.slug} has no books yet`)
  }
  return { ready: notReady.length === 0, notReady }
}
