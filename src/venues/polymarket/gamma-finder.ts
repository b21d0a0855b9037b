/**
 * GammaFinder: finds the windows of the watched series and tells each once, and again when its record changed. It polls, and it
 * also wakes at the start of every next window, so that none falls between two polls. A poll that fails loses nothing that is
 * known.
 */
import { setMaxListeners } from 'node:events'
import type { ConditionId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { EventSink, Finder, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'
import type { ClobMarket, ClobReads } from './clob-reads.ts'
import type { Endpoints } from './endpoints.ts'
import { finderRecord } from './finder-record.ts'
import { type AbsentVersion, completeMarket, isMarket, type NotListed } from './gamma-market.ts'
import { createResolutions } from './resolution.ts'
import { createSeriesLookup, lookUp } from './series-lookup.ts'
import { createWindowBook, type WindowBook } from './window-book.ts'
import type { Series } from './window-names.ts'

const FIRST_BACK_OFF_MS = 5_000
/** So that a crowd of bots started by the same clock does not ask at the same moment for ever. */
const JITTER = 0.1
const HYDRATION_FIRST_MS = 5_000
const HYDRATION_MAX_MS = 15_000
const HYDRATION_GROWTH = 1.2

export type FinderOptions = {
  readonly series: readonly Series[]
  readonly pollIntervalSec?: number
  readonly maxMinutesAhead?: number
  readonly absentVersion?: AbsentVersion
}

export type FinderDeps = {
  readonly http: Http
  readonly clob: Pick<ClobReads, 'fetchClobMarket'>
  readonly endpoints: Pick<Endpoints, 'gamma'>
  readonly emit: EventSink
  readonly now: () => Micros
  readonly venueNow: () => Micros
  readonly log: Log
  /** For the jitter between polls. */
  readonly random: () => number
  readonly options: FinderOptions
}

export type Found = {
  /** Told and not yet over. */
  readonly listed: readonly Market[]
  readonly refused: readonly NotListed[]
  /** What could not be asked. */
  readonly problems: readonly string[]
}

export type FinderStats = {
  readonly polls: number
  readonly failedPolls: number
} & Found

export type GammaFinder = Omit<Finder, 'askStrike'> & {
  /** One poll of every series; resolves when all that it found is told. Never rejects: what failed is a problem of the result. */
  pollNow(): Promise<Found>
  /** Somebody says that this window is resolved. */
  hint(condition: ConditionId): void
  stats(): FinderStats
}

export function createGammaFinder(deps: FinderDeps): GammaFinder {
  const { http, clob, endpoints, log, now, venueNow, options } = deps
  const { series } = options
  const pollMs = (options.pollIntervalSec ?? 90) * 1_000
  const abort = new AbortController()
  const { signal } = abort
  // Every question on the wire listens to it; that many are no leak.
  setMaxListeners(0, abort.signal)
  const book: WindowBook = createWindowBook(series, (options.maxMinutesAhead ?? 20) * 60)
  const lookup = createSeriesLookup({ http, gamma: endpoints.gamma, log, signal })
  const resolutions = createResolutions(deps)
  let pollTimer: NodeJS.Timeout | undefined
  let boundaryTimer: NodeJS.Timeout | undefined
  let hydrationTimer: NodeJS.Timeout | undefined
  let queue: Promise<void> = Promise.resolve()
  let polls = 0
  let failedPolls = 0
  let failuresInARow = 0
  let problems: readonly string[] = []

  /** One look at a time: two at once could tell an older record after a newer one. */
  function look(wanted: readonly Series[]): Promise<void> {
    queue = queue.then(() => lookNow(wanted))
    return queue
  }

  async function lookNow(wanted: readonly Series[]): Promise<void> {
    if (signal.aborted || wanted.length === 0) return
    try {
      const questions = wanted.map((one) => ({ series: one, slugs: book.slugsOf(one, venueNow()) }))
      const result = await lookUp(lookup, questions, venueNow())
      if (signal.aborted) return
      book.see(result.events, wanted, venueNow())
      problems = [...result.problems, ...(await tellFound())]
    } catch (error) {
      problems = [reasonOf(error)]
    }
    if (!signal.aborted) sayHowItWent()
  }

  function sayHowItWent(): void {
    if (problems.length === 0) {
      if (failuresInARow > 0) log.info('discovery works again')
      failuresInARow = 0
      return
    }
    failuresInARow += 1
    log.warn('a look for windows failed in part or whole; what is known stays known', {
      reasons: problems,
      nextPollInSec: Math.round(pollDelayMs() / 1_000),
    })
  }

  /** Completes what is inside the horizon and tells what is new or changed, in order. Returns what could not be asked. */
  async function tellFound(): Promise<readonly string[]> {
    const failed: string[] = []
    const drafts = book.drafts(venueNow())
    const facts = await Promise.all(
      drafts.map(({ conditionId }) =>
        clobFacts(conditionId).catch((error: unknown) => {
          failed.push(reasonOf(error))
          return undefined
        }),
      ),
    )
    if (signal.aborted) return []
    drafts.forEach((draft, index) => {
      const market = completeMarket(draft, facts[index], options.absentVersion ?? 'ask_clob')
      if (isMarket(market)) tell(market)
      else book.setIncomplete(market)
    })
    return failed
  }

  /** Null: the order book service knows no such market yet, and is asked again. */
  async function clobFacts(condition: ConditionId): Promise<ClobMarket | null> {
    const known = book.clobOf(condition)
    if (known !== undefined) return known
    const facts = await clob.fetchClobMarket(condition, { signal, retries: 2 })
    if (facts !== null) book.setClob(condition, facts)
    return facts
  }

  function tell(market: Market): void {
    const news = book.list(market)
    if (news === 'same') return
    const record = finderRecord(market, venueNow())
    if (news === 'new') log.info('window found', record)
    else log.debug('window changed', record)
    deps.emit({ kind: 'market_listed', market, recvAt: now(), venueAt: null })
  }

  async function poll(): Promise<Found> {
    await look(series)
    polls += 1
    if (problems.length > 0) failedPolls += 1
    return found()
  }

  function found(): Found {
    const at = venueNow()
    return { listed: book.listed(at), refused: book.notListed(at), problems }
  }

  function pollDelayMs(): number {
    if (failuresInARow === 0) return pollMs
    return Math.min(FIRST_BACK_OFF_MS * 2 ** (failuresInARow - 1), pollMs)
  }

  function pollForEver(): void {
    const again = () => {
      if (signal.aborted) return
      const jitter = 1 + (deps.random() * 2 - 1) * JITTER
      pollTimer = setTimeout(pollForEver, pollDelayMs() * jitter)
      plan()
    }
    poll().then(again, again)
  }

  function plan(): void {
    planBoundary()
    planHydration()
  }

  /** Wakes where a window starts, ends or comes inside the horizon. */
  function planBoundary(): void {
    clearTimeout(boundaryTimer)
    const next = book.nextBoundary(venueNow())
    if (signal.aborted || next === null) return
    const wake = () => {
      look(next.series).then(plan, plan)
    }
    boundaryTimer = setTimeout(wake, Math.max(0, next.at - venueNow()) / MICROS_PER_MS + 1)
  }

  /** A window without its tokens is looked at again soon, for a while; afterwards the polls are enough. */
  function planHydration(): void {
    clearTimeout(hydrationTimer)
    const missing = book.hydration(venueNow())
    if (signal.aborted || missing.series.length === 0) return
    const wake = () => {
      book.countHydration(missing.series)
      look(missing.series).then(plan, plan)
    }
    const delayMs = HYDRATION_FIRST_MS * HYDRATION_GROWTH ** missing.attempts
    hydrationTimer = setTimeout(wake, Math.min(delayMs, HYDRATION_MAX_MS))
  }

  return {
    start: pollForEver,
    pollNow: poll,
    awaitResolution: (market) => resolutions.watch(market),
    hint: (condition) => resolutions.hint(condition),
    forget: (condition) => resolutions.forget(condition),
    async stop() {
      abort.abort()
      for (const timer of [pollTimer, boundaryTimer, hydrationTimer]) clearTimeout(timer)
      resolutions.stop()
      await queue
    },
    stats: () => ({ polls, failedPolls, ...found() }),
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
