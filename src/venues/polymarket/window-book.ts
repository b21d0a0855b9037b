/**
 * What the finder knows of the windows of its series: what was read, what was told, what is due to be looked at. No clock, no
 * network: the finder asks and tells, this remembers. Bounded: whatever is over is forgotten ten minutes later, but for the last
 * window of each series, from whose end the next one's name is derived.
 */
import type { ConditionId } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import { MICROS_PER_SECOND, type Micros, micros } from '../../domain/units.ts'
import type { ClobMarket } from './clob-reads.ts'
import { type Draft, type NotListed, type Reading, readWindow, type Span } from './gamma-market.ts'
import type { GammaEvent } from './gamma-wire.ts'
import { belongsTo } from './series-lookup.ts'
import { type Series, windowAfter, windowAt, windowSlugs } from './window-names.ts'

const FORGET_AFTER_MICROS = 600 * MICROS_PER_SECOND
/** The one that runs and the next one. */
const WINDOWS_AHEAD = 2
const HYDRATION_ATTEMPTS_MAX = 12
/** After a start without its window: a late listing is looked for again, then the polls are enough. */
const LOOK_AFTER_START_SEC = [0.5, 5, 20] as const
/** Series that are due within this of each other share a request. */
const TOGETHER_MICROS = MICROS_PER_SECOND

type Entry = {
  readonly series: Series
  readonly span: Span
  reading: Reading
  /** What the order book service left unsaid. */
  incomplete: string | null
  attempts: number
}

export type Boundary = { readonly at: Micros; readonly series: readonly Series[] }

export type WindowBook = {
  /** Where to look for the windows of a series, now. */
  slugsOf(series: Series, venueNow: Micros): readonly string[]
  see(events: readonly GammaEvent[], wanted: readonly Series[], venueNow: Micros): void
  /** The running and the next window of each series, where inside the horizon and fit to be told. */
  drafts(venueNow: Micros): readonly Draft[]
  clobOf(condition: ConditionId): ClobMarket | undefined
  setClob(condition: ConditionId, facts: ClobMarket): void
  setIncomplete(notListed: NotListed): void
  /** Remembers it as told. */
  list(market: Market): 'new' | 'changed' | 'same'
  listed(venueNow: Micros): readonly Market[]
  notListed(venueNow: Micros): readonly NotListed[]
  nextBoundary(venueNow: Micros): Boundary | null
  /** Those whose window lacks its tokens, and how often the most patient one was asked for. */
  hydration(venueNow: Micros): { readonly series: readonly Series[]; readonly attempts: number }
  countHydration(wanted: readonly Series[]): void
}

export function createWindowBook(series: readonly Series[], horizonSec: number): WindowBook {
  const horizon = horizonSec * MICROS_PER_SECOND
  const entries = new Map<string, Entry>()
  const rejected = new Map<Series, readonly NotListed[]>()
  const told = new Map<ConditionId, { readonly market: Market; readonly text: string }>()
  const clob = new Map<ConditionId, ClobMarket>()

  function entriesOf(one: Series): readonly Entry[] {
    return [...entries.values()]
      .filter((entry) => entry.series === one)
      .sort((a, b) => a.span.startAt - b.span.startAt)
  }

  function ahead(one: Series, venueNow: Micros): readonly Entry[] {
    return entriesOf(one)
      .filter(({ span, reading }) => span.endAt > venueNow && reading.kind !== 'not_listed')
      .slice(0, WINDOWS_AHEAD)
  }

  function isNear(entry: Entry, venueNow: Micros): boolean {
    return entry.span.endAt <= venueNow + horizon
  }

  function allAhead(venueNow: Micros): readonly Entry[] {
    return series.flatMap((one) => ahead(one, venueNow))
  }

  function remember(one: Series, event: GammaEvent, venueNow: Micros): NotListed | null {
    const reading = readWindow(event, venueNow)
    const span = reading.kind === 'draft' ? reading.draft : reading.span
    if (span !== null && span.endAt > venueNow) {
      const held = entries.get(event.slug)
      const attempts = held?.attempts ?? 0
      entries.set(event.slug, { series: one, span, reading, incomplete: null, attempts })
    }
    return reading.kind === 'draft' ? null : reading
  }

  function forgetTheOld(venueNow: Micros): void {
    const limit = venueNow - FORGET_AFTER_MICROS
    for (const one of series) {
      for (const entry of entriesOf(one).slice(0, -1)) {
        if (entry.span.endAt < limit) entries.delete(slugOf(entry))
      }
    }
    for (const [condition, { market }] of told) if (market.endAt < limit) told.delete(condition)
    const kept = new Set([...entries.values()].map(({ reading }) => conditionOf(reading)))
    for (const condition of clob.keys()) if (!kept.has(condition)) clob.delete(condition)
  }

  function boundaryOf(one: Series, venueNow: Micros): number {
    const known = ahead(one, venueNow)
    const current = known.find(({ span }) => span.startAt <= venueNow)
    const last = entriesOf(one).findLast(({ span }) => span.endAt <= venueNow)
    const computed = windowAt(one.interval, venueNow)
    const starts = [current?.span.endAt ?? known[0]?.span.startAt ?? computed.endAt]
    if (current === undefined) starts.push(computed.startAt, last?.span.endAt ?? computed.startAt)
    const looks = starts.flatMap((at) =>
      LOOK_AFTER_START_SEC.map((after) => at + after * MICROS_PER_SECOND),
    )
    // Windows of an hour and more come inside the horizon long after they were first seen.
    for (const { span } of known) looks.push(span.endAt - horizon)
    return Math.min(...looks.filter((at) => at > venueNow))
  }

  return {
    slugsOf(one, venueNow) {
      const computed = windowAt(one.interval, venueNow)
      const starts = [computed.startAt, windowAfter(one.interval, computed).startAt]
      const known = ahead(one, venueNow)
      const ended = entriesOf(one).filter(({ span }) => span.endAt <= venueNow)
      for (const { span } of [...ended.slice(-1), ...known]) {
        starts.push(span.endAt, micros(2 * span.endAt - span.startAt))
      }
      const slugs = starts.flatMap((start) => windowSlugs(one, start))
      return [...new Set([...slugs, ...known.map(slugOf)])]
    },
    see(events, wanted, venueNow) {
      for (const one of wanted) {
        const ours = events.filter((event) => belongsTo(event, one))
        const refused = ours.map((event) => remember(one, event, venueNow))
        rejected.set(
          one,
          refused.filter((reason) => reason !== null),
        )
      }
      forgetTheOld(venueNow)
    },
    drafts: (venueNow) =>
      allAhead(venueNow).flatMap((entry) =>
        isNear(entry, venueNow) && entry.reading.kind === 'draft' ? [entry.reading.draft] : [],
      ),
    clobOf: (condition) => clob.get(condition),
    setClob: (condition, facts) => {
      clob.set(condition, facts)
    },
    setIncomplete({ slug, reason }) {
      const entry = entries.get(slug)
      if (entry !== undefined) entry.incomplete = reason
    },
    list(market) {
      const text = JSON.stringify(market)
      const before = told.get(market.conditionId)
      told.set(market.conditionId, { market, text })
      const entry = entries.get(market.slug)
      if (entry !== undefined) entry.incomplete = null
      if (before === undefined) return 'new'
      return before.text === text ? 'same' : 'changed'
    },
    listed: (venueNow) =>
      [...told.values()].flatMap(({ market }) => (market.endAt > venueNow ? [market] : [])),
    notListed: (venueNow) => [
      ...[...rejected.values()].flat(),
      ...allAhead(venueNow).flatMap((entry) => {
        if (entry.reading.kind !== 'draft') return []
        const reason = entry.incomplete ?? (isNear(entry, venueNow) ? null : TOO_FAR)
        return reason === null ? [] : [{ slug: slugOf(entry), span: entry.span, reason }]
      }),
    ],
    nextBoundary(venueNow) {
      const due = series.map((one) => ({ one, at: boundaryOf(one, venueNow) }))
      const at = Math.min(...due.map((each) => each.at))
      if (!Number.isFinite(at)) return null
      const together = due.filter((each) => each.at <= at + TOGETHER_MICROS)
      const latest = Math.max(...together.map((each) => each.at))
      return { at: micros(Math.ceil(latest)), series: together.map(({ one }) => one) }
    },
    hydration(venueNow) {
      const missing = allAhead(venueNow).filter(
        (entry) =>
          isNear(entry, venueNow) && isIncomplete(entry) && entry.attempts < HYDRATION_ATTEMPTS_MAX,
      )
      return {
        series: [...new Set(missing.map((entry) => entry.series))],
        attempts: Math.min(...missing.map(({ attempts }) => attempts)),
      }
    },
    countHydration(wanted) {
      for (const entry of entries.values()) {
        if (wanted.includes(entry.series) && isIncomplete(entry)) entry.attempts += 1
      }
    },
  }
}

const TOO_FAR = 'it closes beyond the horizon'

function isIncomplete(entry: Entry): boolean {
  return entry.reading.kind === 'not_hydrated' || entry.incomplete !== null
}

function slugOf({ reading }: Entry): string {
  return reading.kind === 'draft' ? reading.draft.slug : reading.slug
}

function conditionOf(reading: Reading): ConditionId | null {
  return reading.kind === 'draft' ? reading.draft.conditionId : null
}
