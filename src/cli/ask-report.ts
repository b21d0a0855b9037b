/** What was for sale near the close of the windows that are over, second by second: how often, at what price, and what it brought. */
import type { PastWindow } from '../domain/asks.ts'
import type { Asset, Interval } from '../domain/ids.ts'
import type { WantedAsks } from '../domain/strategy.ts'
import { askWindow } from '../pricing/ask-window.ts'
import { ENOUGH, type Fillable } from '../pricing/fillability.ts'
import { centsOf, percent } from '../pricing/fillability-words.ts'
import { learned } from './fillable-lines.ts'
import { textTable } from './text-table.ts'

/** Every second is in the data; a person looks at these. */
const SHOWN = [60, 45, 40, 30, 25, 20, 15, 12, 10, 8, 6, 5, 4, 3, 2, 1]
const SECONDS = Array.from({ length: 60 }, (_, at) => 60 - at)

export type AskRow = Pick<Fillable, 'leftSec' | 'fill' | 'perFill' | 'perShot' | 'breakEven'> & {
  /** In which a side was named at this second. */
  readonly windows: number
}

export type AskSeries = {
  readonly asset: Asset
  readonly interval: Interval
  readonly windows: number
  readonly rows: readonly AskRow[]
}

export type AskReport = {
  readonly series: readonly AskSeries[]
  /** The same for people. */
  readonly lines: readonly string[]
}

export type AskQuestion = WantedAsks & { readonly holdSec: number }

export function askReport(past: readonly PastWindow[], question: AskQuestion): AskReport {
  const windows = past.flatMap((one) => askWindow(one, question) ?? [])
  const names = [...new Set(windows.map(({ asset, interval }) => `${asset} ${interval}`))].sort()
  const series = names.map((name): AskSeries => {
    const [asset, interval] = name.split(' ') as [Asset, Interval]
    const own = windows.filter((one) => one.asset === asset && one.interval === interval)
    const known = learned(own)
    const { cap, holdSec } = question
    const query = { asset, interval, regime: null, cap, holdSec }
    const rows = SECONDS.flatMap((sec) => rowOf(known.seen(query, sec)))
    return { asset, interval, windows: known.windows(asset, interval), rows }
  })
  return { series, lines: series.flatMap(linesOf) }
}

function rowOf(one: Fillable | null): AskRow[] {
  if (one === null) return []
  const { leftSec, fill, perFill, perShot, breakEven, data } = one
  return [{ leftSec, fill, perFill, perShot, breakEven, windows: data.own }]
}

function linesOf({ asset, interval, windows, rows }: AskSeries): string[] {
  const few = windows < ENOUGH ? ', too few to say much' : ''
  const shown = rows.filter(({ leftSec }) => SHOWN.includes(leftSec))
  return [
    `${asset} ${interval}: ${windows} windows${few}`,
    textTable(
      ['LEFT', 'WINDOWS', 'FOR SALE', 'A SHARE BOUGHT', 'A SHOT', 'BREAKS EVEN AT'],
      shown.map((row) => [
        `${row.leftSec} s`,
        String(row.windows),
        `${percent(row.fill.mid)} (${percent(row.fill.low)} to ${percent(row.fill.high)})`,
        row.perFill === null ? '-' : centsOf(row.perFill),
        centsOf(row.perShot),
        row.breakEven === null ? '-' : percent(row.breakEven),
      ]),
    ),
    '',
  ]
}
