/**
 * Which source of prices counts now, for each asset and series. A line is one series of one asset from one source; it is judged by the age
 * of what it said, never by its connection alone, since sockets freeze while they stay open. Sources of a role are in order: the first
 * that is connected and not silent is live, and the others stand behind it.
 */
import type { FeedChanged, PriceTick } from '../domain/events.ts'
import {
  type Asset,
  type FeedName,
  type FeedState,
  type PriceRole,
  type PriceSeries,
  roleOf,
} from '../domain/ids.ts'
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros } from '../domain/units.ts'

export type PriceSettings = {
  /** The better source first. */
  readonly order: Readonly<Record<PriceRole, readonly FeedName[]>>
  /** Silence longer than this is a loss. */
  readonly lostAfterMs: number
}

/** Something about a source that somebody should know. */
export type SourceNews = {
  readonly feed: FeedName
  readonly state: FeedState | 'live'
  readonly detail: string
}

export type PriceSources = {
  onTick(tick: PriceTick): void
  onFeed(event: FeedChanged): void
  /** Silences that began or ended since the last call, and what is taken from another source than before. */
  check(now: Micros): readonly SourceNews[]
  /** Null: from none. */
  live(role: PriceRole, asset: Asset, series: PriceSeries, now: Micros): FeedName | null
}

/** Every series tells each second or more; this long without is not usual. */
const GAP_MS = 5_000

type Line = {
  readonly feed: FeedName
  readonly asset: Asset
  readonly series: PriceSeries
  heardAt: Micros
  venueAt: Micros | null
  state: 'well' | 'gap' | 'lost'
}

export function createPriceSources({ order, lostAfterMs }: PriceSettings): PriceSources {
  let lines: Line[] = []
  /** Sources without a connection. */
  const down = new Set<FeedName>()
  /** Which was live last, by role, asset and series. */
  const told = new Map<string, FeedName>()
  const gapMicros = GAP_MS * MICROS_PER_MS
  const lostMicros = lostAfterMs * MICROS_PER_MS

  function live(role: PriceRole, asset: Asset, series: PriceSeries, now: Micros): FeedName | null {
    for (const feed of order[role]) {
      if (down.has(feed)) continue
      const heardAt = find(feed, asset, series)?.heardAt
      if (heardAt !== undefined && now - heardAt <= lostMicros) return feed
    }
    return null
  }

  /** Asked for at every decision; a handful of lines is searched faster than a key is made of three words. */
  function find(feed: FeedName, asset: Asset, series: PriceSeries): Line | undefined {
    for (const line of lines)
      if (line.feed === feed && line.asset === asset && line.series === series) return line
    return undefined
  }

  function silences(now: Micros, news: News): void {
    for (const line of lines) {
      // The loss of its connection is told already.
      if (down.has(line.feed)) continue
      const age = now - line.heardAt
      const state = age > lostMicros ? 'lost' : age > gapMicros ? 'gap' : 'well'
      if (state === line.state) continue
      line.state = state
      if (state === 'well') news.add(line.feed, 'open', 'heard again', line)
      else news.add(line.feed, state, `nothing for ${Math.floor(age / MICROS_PER_SECOND)} s`, line)
    }
  }

  function takeovers(now: Micros, news: News): void {
    for (const line of lines) {
      const role = roleOf(line.feed)
      const key = `${role}/${line.asset}/${line.series}`
      const feed = live(role, line.asset, line.series, now)
      // None at all is told as a loss, and the same one again as its return.
      if (feed === null || feed === told.get(key)) continue
      told.set(key, feed)
      news.add(feed, 'live', 'taken from here', line)
    }
  }

  return {
    onTick(tick) {
      const known = find(tick.feed, tick.asset, tick.series)
      if (known === undefined) {
        const { feed, asset, series, recvAt: heardAt, venueAt } = tick
        lines.push({ feed, asset, series, heardAt, venueAt, state: 'well' })
        return
      }
      // What is told of the past says nothing of now.
      if (!isLater(tick.venueAt, known.venueAt)) return
      known.heardAt = tick.recvAt
      known.venueAt = tick.venueAt
    },
    onFeed({ feed, state }) {
      if (state === 'open') down.delete(feed)
      if (state === 'lost' || state === 'refused' || state === 'standby') down.add(feed)
      if (state === 'standby') lines = lines.filter((line) => line.feed !== feed)
    },
    check(now) {
      const news = createNews()
      silences(now, news)
      takeovers(now, news)
      return news.list()
    },
    live,
  }
}

function isLater(a: Micros | null, b: Micros | null): boolean {
  return a === null || b === null || a > b
}

type News = {
  add(feed: FeedName, state: SourceNews['state'], what: string, line: Line): void
  list(): readonly SourceNews[]
}

/** What happens to many lines at once is one piece of news. */
function createNews(): News {
  const found = new Map<string, { news: SourceNews; lines: string[] }>()
  return {
    add(feed, state, what, line) {
      const key = `${feed}/${state}/${what}`
      const one = found.get(key) ?? { news: { feed, state, detail: what }, lines: [] }
      one.lines.push(`${line.asset} ${line.series}`)
      found.set(key, one)
    },
    list: () =>
      [...found.values()].map(({ news, lines }) => ({
        ...news,
        detail: `${lines.join(', ')}: ${news.detail}`,
      })),
  }
}
