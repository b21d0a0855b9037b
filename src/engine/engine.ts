/**
 * The machine. START HERE: `step` takes one event and answers with commands and facts; nothing else happens in the core.
 *
 * It owns every window (LastSecondTrader), their books, the cash, and what is known of the venue's clock. It reads no clock:
 * now is the event's `recvAt`, and the venue's now is that plus the estimated offset. A list of events therefore gives the same
 * commands and facts every time it is played.
 */

import type { Book } from '../book/book.ts'
import type { Change } from '../domain/change.ts'
import type { EngineCommand } from '../domain/commands.ts'
import type { EngineEvent, ListenerChanged, Operator, Restored, Timer } from '../domain/events.ts'
import type { Deadline, EngineFact } from '../domain/facts.ts'
import type { ConditionId, Side, TokenId } from '../domain/ids.ts'
import { assertNever } from '../domain/invariant.ts'
import type { Market } from '../domain/market.ts'
import {
  MICROS_PER_SECOND,
  type Micros,
  type MicroUsdc,
  microShares,
  micros,
} from '../domain/units.ts'
import type { Closure } from '../risk/gates/gate.ts'
import { createBooks } from './books.ts'
import { createChanging } from './changing.ts'
import { createJitter, deadlineOf } from './deadline.ts'
import { holdMicros, type World } from './decision.ts'
import { createFiring } from './firing.ts'
import { createFreeCash } from './free-cash.ts'
import { createHeard } from './heard.ts'
import { createInForce } from './in-force.ts'
import { judgedOf, sealedOf } from './judging.ts'
import { rungsOf } from './ladder.ts'
import { createTrader, type LastSecondTrader, trackOf } from './last-second-trader.ts'
import { sameTerms } from './market-terms.ts'
import { holdings, knownPositionIn } from './own-orders.ts'
import { createSchedule } from './schedule.ts'
import type { EngineSettings } from './settings.ts'
import { createSettling, type Till } from './settling.ts'
import { createSilence } from './silence.ts'
import { createStanding, type Standing } from './standing.ts'
import { createTrading } from './trading.ts'
import { createTrails } from './trail.ts'

export type Step = {
  readonly commands: readonly EngineCommand[]
  readonly facts: readonly EngineFact[]
}

export type EngineView = ReturnType<Standing['view']> & {
  readonly cash: MicroUsdc
  /** Of it, what no order of ours could take. */
  readonly free: MicroUsdc
  readonly clock: { readonly offsetMicros: number; readonly errorMicros: number } | null
  readonly roundTrip: { readonly p50Micros: number; readonly p99Micros: number } | null
  readonly traders: Iterable<LastSecondTrader>
  /** In force now, and which of them are not as at the start. */
  readonly settings: EngineSettings
  readonly changes: ReadonlyMap<string, Change>
}

export type Engine = {
  step(event: EngineEvent): Step
  view(): EngineView
  /** A decision for nothing, so that the next one is fast. No event, and nothing comes of it. */
  preview(recvAt: Micros): void
  book(token: TokenId): Book | undefined
  /** Shares of a side that a window holds, in millionths. */
  held(conditionId: ConditionId, side: Side): number
}

const NO_COMMANDS: readonly EngineCommand[] = []
const NO_FACTS: readonly EngineFact[] = []

export function createEngine(initial: EngineSettings): Engine {
  const inForce = createInForce(initial)
  const { settings } = inForce
  const traders = new Map<ConditionId, LastSecondTrader>()
  const taken = new Set<string>()
  let commands: EngineCommand[] = []
  let facts: EngineFact[] = []
  const till: Till = { cash: settings.startingCash }
  const free = createFreeCash(till, traders)
  let clock: EngineView['clock'] = null
  let roundTrip: EngineView['roundTrip'] = null
  let closure: Closure | null = null

  const command = (next: EngineCommand): void => void commands.push(next)
  const fact = (next: EngineFact): void => {
    facts.push(next)
    standing.hear(next)
    free.hear(next)
  }
  const standing = createStanding(settings, {
    ...{ command, fact },
    position: (conditionId, side) => knownPositionIn(traders.get(conditionId), side),
  })
  const venueNow = (recvAt: Micros): Micros => micros(recvAt + (clock?.offsetMicros ?? 0))
  const schedule = createSchedule(settings, {
    offsetMicros: () => clock?.offsetMicros ?? 0,
    leadMicros: (market) => deadline(market).totalMicros,
    command,
  })
  const books = createBooks(command, fact)
  const { checkCrossed } = books
  const silence = createSilence(settings, { traders, checkCrossed, command, fact })
  const heard = createHeard(settings, fact)
  const firing = createFiring(settings)
  const trails = createTrails({
    traders,
    shares: () => settings.strategy.ladder?.shares ?? null,
    truth: heard.truth,
  })
  const jitter = createJitter()
  const settling = createSettling({
    traders,
    till,
    fact,
    judged(trader, settlement, at) {
      const judged = judgedOf(trader, settlement, heard.truth(trader.market, venueNow(at)))
      fact({ kind: 'judged', at, judged })
    },
    end: (trader) => {
      const { market, trail, winner } = trader
      if (trail.seconds.length > 0 && winner !== null)
        firing.learn(market, trails.of(trader), winner)
      stopWatching(trader)
      retire(trader)
    },
  })
  const trading = createTrading({
    settings,
    world: worldOf,
    knownTruth: ({ market }) => heard.knownTruth(market),
    inSpan: (trader, recvAt) => schedule.inSpan(trader, venueNow(recvAt)),
    nextStart: (trader, recvAt) => schedule.nextStart(trader, venueNow(recvAt)),
    command,
    fact,
  })
  const waiting = { traders, schedule, venueNow, chooseSecond, arm }
  const onParameters = createChanging({ inForce, standing, fact, ...waiting })
  const over = new Set<ConditionId>()

  function step(event: EngineEvent): Step {
    if (commands.length > 0) commands = []
    if (facts.length > 0) facts = []
    // A trigger changes no book, and its shot comes first.
    const shotFirst = event.kind === 'timer' && event.purpose === 'trigger'
    if (!shotFirst) trails.look(venueNow(event.recvAt))
    handle(event)
    standing.check(event.recvAt)
    if (shotFirst) trails.look(venueNow(event.recvAt))
    return {
      commands: commands.length > 0 ? commands : NO_COMMANDS,
      facts: facts.length > 0 ? facts : NO_FACTS,
    }
  }

  function handle(event: EngineEvent): void {
    switch (event.kind) {
      case 'book_delta':
      case 'book_snapshot':
      case 'top_of_book':
      case 'trade_print':
      case 'tick_size_change': {
        const trader = books.apply(event)
        if (trader === undefined) return
        // What was made ready for another grid is of no use. A snapshot may tell of it, too.
        if (event.kind !== 'book_delta' && trader.readyFor !== null) arm(trader)
        return onBook(trader, event.recvAt)
      }
      case 'timer':
        return onTimer(event)
      case 'market_listed':
        return onListed(event.market, event.recvAt)
      case 'market_resolved':
        return settling.onResolved(event)
      case 'listener':
        return onListener(event)
      case 'order_outcome':
        return settling.onOutcome(event)
      case 'order_timed':
        return settling.onTimed(event)
      case 'twin':
        return standing.hearTwin(event.orderId, event.outcome)
      case 'price_tick':
        return heard.onTick(event, clock === null ? null : venueNow(event.recvAt))
      case 'strike_quote':
        return heard.onQuote(event)
      case 'strike_candle':
        return heard.onCandle(event)
      case 'feed':
        return heard.onFeed(event)
      case 'clock':
        clock = { offsetMicros: event.offsetMicros, errorMicros: event.errorMicros }
        fact({ kind: 'clock', at: event.recvAt, ...clock })
        for (const trader of traders.values()) schedule.plan(trader)
        return heard.check(event.recvAt)
      case 'round_trip':
        roundTrip = { p50Micros: event.p50Micros, p99Micros: event.p99Micros }
        for (const trader of traders.values()) schedule.plan(trader)
        return
      case 'venue_closed': {
        const { until, reason } = event
        // A second word cannot make the first one shorter.
        if (closure === null || until > closure.until) closure = { until, reason }
        return fact({ kind: 'venue_closed', at: event.recvAt, until, reason })
      }
      case 'operator':
        return onOperator(event)
      case 'parameters':
        return onParameters(event)
      case 'day':
        return standing.startDay(event)
      case 'restored':
        return onRestored(event)
      case 'learned':
        return firing.remember(event.windows)
      default:
        return assertNever(event)
    }
  }

  function onOperator(event: Operator): void {
    standing.operate(event)
    if (standing.halted) return
    // What a halt forbade to make ready is made ready now.
    for (const trader of traders.values()) if (trader.readyFor === '') arm(trader)
  }

  function onListed(market: Market, recvAt: Micros): void {
    const known = traders.get(market.conditionId)
    if (known !== undefined) {
      if (!sameTerms(known.market, market)) known.termsChanged = true
      if (known.state === 'found') known.market = market
      return
    }
    if (standing.stopping || over.has(market.conditionId)) return
    const leftMicros = market.endAt - venueNow(recvAt)
    const series = `${market.asset}/${market.interval}`
    if (settings.once && taken.has(series)) return
    const trader = createTrader(market)
    if (leftMicros < settings.minTimeToStartSec * MICROS_PER_SECOND) {
      // Nothing is remembered of a window that is over; one still running must not be found again.
      if (leftMicros <= 0) return
      trader.state = 'skipped'
      traders.set(market.conditionId, trader)
      schedule.plan(trader)
      return fact({
        kind: 'skipped',
        at: recvAt,
        market,
        reason: 'LATE_JOIN: found with too little time left',
      })
    }
    taken.add(series)
    trader.foundAt = recvAt
    traders.set(market.conditionId, trader)
    fact({ kind: 'found', at: recvAt, market })
    if (schedule.listenAt(market) <= venueNow(recvAt)) listen(trader, recvAt)
    schedule.plan(trader)
  }

  function listen(trader: LastSecondTrader, recvAt: Micros): void {
    trader.state = 'listening'
    trader.watched = true
    trader.joinedLeftMicros = trader.market.endAt - venueNow(recvAt)
    trails.begin(trader, venueNow(recvAt))
    books.add(trader)
    command({ kind: 'watch', market: trader.market })
    fact({ kind: 'listening', at: recvAt, market: trader.market })
    silence.watch(recvAt)
  }

  function onTimer(event: Timer): void {
    if (event.purpose === 'stale') {
      heard.check(event.recvAt)
      return silence.look(event.recvAt)
    }
    const trader = event.conditionId === null ? undefined : traders.get(event.conditionId)
    if (trader === undefined) return
    if (event.purpose === 'look') return trading.onLook(trader, event.recvAt)
    // The clock estimate may have moved since the wake was asked for: early by the venue's clock means ask again.
    if (!schedule.isDue(trader, event.purpose, venueNow(event.recvAt))) return schedule.plan(trader)
    switch (event.purpose) {
      case 'listen':
        if (trader.state === 'found') listen(trader, event.recvAt)
        break
      case 'arm':
        chooseSecond(trader, event.recvAt)
        arm(trader)
        break
      case 'trigger':
        trader.triggeredAt = schedule.triggerAt(trader)
        trigger(trader, event)
        break
      case 'close':
        close(trader, event.recvAt)
        break
      case 'clean_up':
        cleanUp(trader)
        break
      default:
        assertNever(event.purpose)
    }
    schedule.plan(trader)
  }

  /** A span that had begun before its window was found says nothing of how late a timer comes. */
  function trigger(trader: LastSecondTrader, { recvAt, dueAt }: Timer): void {
    const isTimed = trader.foundAt !== null && dueAt >= trader.foundAt
    if (isTimed) jitter.add(recvAt - dueAt)
    trading.look(trader, recvAt, isTimed ? recvAt - dueAt : null)
  }

  /** Once for each window, so that everything made ready is ready for it. */
  function chooseSecond(trader: LastSecondTrader, recvAt: Micros): void {
    const { market } = trader
    if (trader.fireAt !== null) return
    const { sigma } = heard.truth(market, venueNow(recvAt))
    trader.fireAt = firing.choose(market, { sigma, latestSafeSec: schedule.latestSafeSec(market) })
    const { fireAt } = trader
    if (fireAt.isChosen) fact({ kind: 'fire_at', at: recvAt, market, fireAt })
  }

  function deadline(market: Market): Deadline {
    return deadlineOf({
      roundTripMicros: roundTrip?.p99Micros ?? null,
      holdMicros: holdMicros(market, settings),
      clockErrorMicros: clock?.errorMicros ?? null,
      jitterMicros: jitter.micros(),
    })
  }

  /** Whatever the strategy may want in the last second is made ready before it, once for each grid. */
  function arm(trader: LastSecondTrader): void {
    const { ladder } = settings.strategy
    const isOver = trader.ordersSent > 0 || trader.state === 'passed'
    if (ladder === null || standing.stopping || isOver) return
    const tickSizes = { UP: trader.up.book.tickSize, DOWN: trader.down.book.tickSize }
    const shares = microShares(Math.min(ladder.shares, standing.stakeCap() ?? ladder.shares))
    const readyFor = standing.halted ? '' : `${tickSizes.UP}/${tickSizes.DOWN}/${shares}`
    if (trader.readyFor === readyFor) return
    trader.readyFor = readyFor
    if (standing.halted) return
    const { market } = trader
    const rungs = rungsOf(market, tickSizes, { ...ladder, shares })
    command({ kind: 'arm', market, rungs, from: schedule.triggerAt(trader) })
  }

  function onBook(trader: LastSecondTrader, recvAt: Micros): void {
    if (
      trader.state === 'listening' &&
      trader.up.book.state === 'live' &&
      trader.down.book.state === 'live'
    ) {
      trader.state = 'armed'
      fact({ kind: 'armed', at: recvAt, market: trader.market })
    }
    trading.look(trader, recvAt, null)
  }

  function worldOf(
    trader: LastSecondTrader,
    recvAt: Micros,
    truth = heard.truth(trader.market, venueNow(recvAt)),
  ): World {
    const { market } = trader
    return {
      recvAt,
      venueNow: venueNow(recvAt),
      clockErrorMicros: clock?.errorMicros ?? null,
      deadline: deadline(market),
      latestSafeMicros: schedule.latestSafeSec(market) * MICROS_PER_SECOND,
      cash: free.now(),
      hold: standing.hold(),
      stakes: (strategy) => standing.stakesOf(market, strategy),
      stakeCap: standing.stakeCap(),
      closure,
      prices: heard.prices(market.asset, recvAt),
      truth,
      flow: () => heard.flow(market, truth.strike, recvAt),
    }
  }

  function close(trader: LastSecondTrader, recvAt: Micros): void {
    trading.withdraw(trader, recvAt)
    if (trader.state === 'listening' || trader.state === 'armed') {
      trader.state = 'passed'
      trader.standingRefusal ??=
        'NEVER_EVALUATED: the window closed before anything could be judged'
      fact({ kind: 'passed', at: recvAt, market: trader.market, reason: trader.standingRefusal })
    }
    if (trader.state === 'fired' || trader.state === 'passed') {
      command({ kind: 'await_resolution', market: trader.market })
      fact({ kind: 'awaiting_resolution', at: recvAt, market: trader.market })
    }
    if (!trader.watched) return
    const triggerAt = schedule.triggerAt(trader)
    const sealed = sealedOf(trader, { clock, triggerAt, trail: trails.of(trader) })
    fact({ kind: 'sealed', at: recvAt, sealed })
  }

  function cleanUp(trader: LastSecondTrader): void {
    stopWatching(trader)
    if (trader.state === 'skipped') retire(trader)
  }

  function stopWatching(trader: LastSecondTrader): void {
    if (!trader.watched) return
    trader.watched = false
    books.remove(trader)
    command({ kind: 'unwatch', conditionId: trader.market.conditionId })
  }

  function retire(trader: LastSecondTrader): void {
    traders.delete(trader.market.conditionId)
    schedule.forget(trader)
    heard.forget(trader.market.conditionId)
    command({ kind: 'retire', conditionId: trader.market.conditionId })
  }

  function onRestored(event: Restored): void {
    for (const conditionId of event.settled) over.add(conditionId)
    settling.restore(event, settings.limits.maxOrdersPerMarket)
    standing.restore(event)
    // A window that was only passed over is not the one that a run of one window is for.
    for (const { asset, interval } of [...event.shots.map((shot) => shot.market), ...event.barred])
      taken.add(`${asset}/${interval}`)
    for (const trader of traders.values()) schedule.plan(trader)
  }

  function onListener(event: ListenerChanged): void {
    const trader = traders.get(event.conditionId)
    if (trader === undefined) return
    const { conditionId, side, state, detail } = event
    fact({ kind: 'listener', at: event.recvAt, conditionId, side, state, detail })
    // Nothing is replayed after a loss, so what we hold is history until the next snapshot.
    if (state === 'open') return
    const track = trackOf(trader, side)
    track.book.forget()
    track.history.broken()
  }

  return {
    step,
    preview: trading.preview,
    view: () => ({
      ...standing.view(),
      settings,
      changes: inForce.changes(),
      cash: till.cash,
      free: free.now(),
      clock,
      roundTrip,
      traders: traders.values(),
    }),
    book: (token) => books.book(token),
    held(conditionId, side) {
      const trader = traders.get(conditionId)
      return trader === undefined ? 0 : holdings(trader)[side].shares
    },
  }
}
