/**
 * What is odd about prices though they come: those that are refused, seconds that the settlement source is never heard to tell, and a price that stands
 * still. Each is told, at most once in a while for each line, and never in place of the next one.
 */
import type { PriceTick } from '../domain/events.ts'
import { roleOf } from '../domain/ids.ts'
import { MICROS_PER_SECOND, type Micros } from '../domain/units.ts'
import type { SourceNews } from './price-sources.ts'
import { createPrintGuard } from './print-guard.ts'

export type PrintWatch = {
  /** False: nothing is to be made of it. */
  accepts(tick: PriceTick, venueNow: Micros | null): boolean
  /** What is to be told since the last call. */
  check(now: Micros): readonly SourceNews[]
}

/** The past of a new connection comes within this; a second that is missing then was never told. */
const WAIT_SEC = 15
/** Averages of eighteen digits do not repeat by chance. */
const FROZEN_SEC = 10
const TOLD_EVERY_SEC = 60
/** After a longer gap only its end is still of use to anybody. */
const MISSING_MAX = 300

type Line = {
  readonly name: string
  readonly feed: PriceTick['feed']
  newestSec: number
  /** Second -> when it was first missed. */
  readonly missing: Map<number, Micros>
  price: string
  sinceSec: number
  frozen: boolean
}

export function createPrintWatch(): PrintWatch {
  const guard = createPrintGuard()
  const lines = new Map<string, Line>()
  let news: SourceNews[] = []
  /** Of what may come with every print: how many since it was told, and when that was. */
  const counts = new Map<string, { count: number; toldAt: number }>()

  function often(key: string, count: number, now: Micros): number | null {
    const known = counts.get(key) ?? { count: 0, toldAt: Number.NEGATIVE_INFINITY }
    counts.set(key, known)
    known.count += count
    if (known.count === 0 || now - known.toldAt < TOLD_EVERY_SEC * MICROS_PER_SECOND) return null
    const total = known.count
    known.count = 0
    known.toldAt = now
    return total
  }

  function lineOf(tick: PriceTick, sec: number): Line {
    const { feed, asset, series, price } = tick
    const key = `${feed}/${asset}/${series}`
    let line = lines.get(key)
    if (line === undefined) {
      const name = `${asset} ${series}`
      line = { name, feed, newestSec: sec, missing: new Map(), price, sinceSec: sec, frozen: false }
      lines.set(key, line)
    }
    return line
  }

  function follow(line: Line, tick: PriceTick, sec: number): void {
    line.missing.delete(sec)
    if (sec <= line.newestSec) return
    for (let at = Math.max(line.newestSec + 1, sec - MISSING_MAX); at < sec; at += 1)
      line.missing.set(at, tick.recvAt)
    line.newestSec = sec
    if (tick.price !== line.price) {
      if (line.frozen) tell(line, 'open', 'moves again')
      line.price = tick.price
      line.sinceSec = sec
      line.frozen = false
    } else if (!line.frozen && sec - line.sinceSec >= FROZEN_SEC) {
      line.frozen = true
      tell(line, 'gap', `frozen: the same price for ${sec - line.sinceSec} s`)
    }
  }

  function tell({ feed, name }: Line, state: SourceNews['state'], what: string): void {
    news.push({ feed, state, detail: `${name}: ${what}` })
  }

  function neverTold(line: Line, now: Micros): void {
    let gone = 0
    for (const [sec, since] of line.missing) {
      if (now - since < WAIT_SEC * MICROS_PER_SECOND) continue
      line.missing.delete(sec)
      gone += 1
    }
    const count = often(`${line.feed}/${line.name}/missing`, gone, now)
    if (count !== null) tell(line, 'gap', `seconds never told: ${count}`)
  }

  return {
    accepts(tick, venueNow) {
      const { feed, asset, series, venueAt, recvAt } = tick
      const refused = guard.judge(tick, venueNow)
      if (refused !== null) {
        const { name, why } = refused
        const count = often(`${feed}/${asset}/${series}/${name}`, 1, recvAt)
        const detail = `${asset} ${series}: ${name}: ${why}, refused ${count ?? 0} times`
        if (count !== null) news.push({ feed, state: 'gap', detail })
        return false
      }
      if (venueAt === null || roleOf(feed) !== 'settlement') return true
      const sec = Math.floor(venueAt / MICROS_PER_SECOND)
      follow(lineOf(tick, sec), tick, sec)
      return true
    },
    check(now) {
      for (const line of lines.values()) neverTold(line, now)
      const told = news
      news = []
      return told
    },
  }
}
