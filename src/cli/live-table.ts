/**
 * What a person sees of a running bot: on a terminal a table that is drawn again in place, elsewhere one plain line for each thing
 * that happened. Building the text is cheap and happens twice a second, away from any trigger.
 */

import { changesText } from '../domain/change.ts'
import type { EngineFact, Settlement } from '../domain/facts.ts'
import { kindWords, outcomeWords, rests } from '../domain/order.ts'
import type { FactSink } from '../domain/ports.ts'
import { formatMicro, formatPrice } from '../domain/units.ts'
import {
  type AccountSnapshot,
  type EngineSnapshot,
  haltText,
  type SideSnapshot,
} from '../runtime/snapshot.ts'

const REDRAW_MS = 500
const RECENT_MAX = 8

export type Screen = {
  readonly sink: FactSink
  /** A line that is no fact: trouble at the edges. */
  note(line: string): void
  stop(): void
}

export type ScreenOptions = {
  readonly banner: readonly string[]
  readonly write: (text: string) => void
  readonly terminal: boolean
  snapshot(): EngineSnapshot
}

export function createScreen(options: ScreenOptions): Screen {
  const recent: string[] = []
  const totals = { settled: 0, fired: 0, filled: 0, wins: 0, pnlMicro: 0 }

  function accept(fact: EngineFact): void {
    if (fact.kind === 'settled') count(totals, fact.settlement)
    const line = lineOf(fact)
    if (line !== null) add(line)
  }

  function add(line: string): void {
    if (!options.terminal) return options.write(`${line}\n`)
    recent.push(line)
    if (recent.length > RECENT_MAX) recent.shift()
  }

  function draw(): void {
    const lines = [
      ...options.banner,
      '',
      ...windowTable(options.snapshot()),
      '',
      summary(totals),
      '',
      ...recent,
    ]
    // Home, each line cleared to its end, then everything below it.
    options.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\n')}\n\u001b[J`)
  }

  let timer: NodeJS.Timeout | undefined
  if (options.terminal) {
    options.write('\u001b[2J')
    timer = setInterval(draw, REDRAW_MS)
  } else {
    options.write(`${options.banner.join('\n')}\n`)
  }
  return {
    sink: { accept, close: () => Promise.resolve() },
    note: (line) => add(`${new Date().toISOString().slice(11, 23)}  trouble    ${line}`),
    stop() {
      clearInterval(timer)
      if (options.terminal) draw()
    },
  }
}

type Totals = { settled: number; fired: number; filled: number; wins: number; pnlMicro: number }

function count(totals: Totals, settlement: Settlement): void {
  totals.settled += 1
  totals.pnlMicro += settlement.pnl
  if (settlement.decision === 'fired') totals.fired += 1
  if (settlement.outcome?.state !== 'filled') return
  totals.filled += 1
  if (settlement.winner === settlement.side) totals.wins += 1
}

function summary(totals: Totals): string {
  const { settled, fired, filled, wins, pnlMicro } = totals
  const hits = filled === 0 ? 'no fills yet' : `${wins} of ${filled} fills won`
  const pnl = formatMicro(pnlMicro as Settlement['pnl'])
  return `settled ${settled}   fired ${fired}   ${hits}   profit and loss ${pnl} USD`
}

const COLUMNS = ['WINDOW', 'CLOSES IN', 'UP bid/ask', 'DOWN bid/ask', 'STATE', 'DECISION'] as const

export function windowTable(snapshot: EngineSnapshot): string[] {
  const clock =
    snapshot.clock === null
      ? 'clock: measuring'
      : `venue clock known to ${snapshot.clock.errorMs.toFixed(1)} ms`
  const rows = snapshot.windows.map((window) => [
    window.slug,
    countdown(window.leftMs),
    pair(window.up),
    pair(window.down),
    window.state,
    window.decision ?? window.reason ?? '',
  ])
  const widths = COLUMNS.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => (row[at] as string).length)),
  )
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] as number))
      .join('  ')
      .trimEnd()
  return [
    `cash ${snapshot.cash} USD   ${clock}`,
    accountLine(snapshot.account),
    ...(snapshot.stakes === null ? [] : [snapshot.stakes]),
    ...holdLines(snapshot),
    '',
    format(COLUMNS),
    ...rows.map(format),
  ]
}

function accountLine({ atStake, positions, dayPnl, drawdown, tripwire }: AccountSnapshot): string {
  return `at stake ${atStake} USD in ${positions}   today ${dayPnl} USD   drawdown ${drawdown} USD   ${tripwire.text}`
}

/** What a person told the bot, while it holds; or what it told itself. */
function holdLines({ paused, halted, haltReason, stopping }: EngineSnapshot): string[] {
  const lines: string[] = []
  if (halted)
    lines.push(
      `HALTED: ${haltReason ?? 'a person killed trading'}; no shots until \`lastsecond resume\``,
    )
  else if (paused) lines.push('PAUSED: no shots until `lastsecond resume`')
  if (stopping)
    lines.push('STOPPING: no new windows; ends when the windows it fired in are settled')
  return lines
}

function countdown(leftMs: number): string {
  if (leftMs < 0) return 'closed'
  const seconds = Math.floor(leftMs / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function pair(side: SideSnapshot): string {
  if (side.state === 'absent') return '-'
  return `${cents(side.bid)}/${cents(side.ask)}${side.state === 'drifted' ? ' ?' : ''}`
}

/** At least two decimals, so that columns stand still. */
function cents(price: string | null): string {
  if (price === null) return '-'
  const [whole, fraction = ''] = price.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}

/** One line for a fact a person cares about; null for the others. */
function lineOf(fact: EngineFact): string | null {
  const time = new Date(fact.at / 1_000).toISOString().slice(11, 23)
  switch (fact.kind) {
    case 'found':
      return `${time}  found      ${fact.market.slug}`
    case 'skipped':
      return `${time}  skipped    ${fact.market.slug}: ${fact.reason}`
    case 'listening':
      return `${time}  listening  ${fact.market.slug}: YES and NO`
    case 'armed':
      return `${time}  armed      ${fact.market.slug}`
    case 'fire_at':
      return `${time}  fires at   ${fact.market.slug}: ${fact.fireAt.sec} s before the close`
    case 'submitted':
      return `${time}  ${rests(fact.order) ? 'placed' : 'FIRED '}     ${fact.market.slug}: ${fact.order.side}, ${kindWords(fact.order)} for ${formatMicro(fact.order.shares)} shares at ${formatPrice(fact.order.limit)} or ${fact.order.action === 'BUY' ? 'less' : 'more'}`
    case 'outcome':
      return `${time}  outcome    ${fact.market.slug}: ${outcomeText(fact.outcome)}`
    case 'passed':
      return `${time}  passed     ${fact.market.slug}: ${fact.reason}`
    case 'settled':
      return `${time}  settled    ${settledText(fact.settlement)}`
    case 'book_doubt':
      return `${time}  doubt      a book of ${fact.conditionId.slice(0, 10)}: ${fact.doubt}`
    case 'restored':
      return fact.shots === 0
        ? null
        : `${time}  restored   ${fact.shots} unsettled shots from before`
    case 'operator':
      return `${time}  operator   ${fact.action}`
    case 'stakes':
      return fact.move === null
        ? null
        : `${time}  STAKES     from ${fact.move.from} to ${fact.move.to}: ${fact.move.why}`
    case 'parameters':
      return `${time}  changed    ${changesText(fact.changes)}`
    case 'halted':
      return `${time}  HALTED     ${haltText(fact.halt)}`
    case 'venue_closed':
      return `${time}  closed     the venue takes no orders for now: ${fact.reason}`
    case 'feed':
      return fact.state === 'open' || fact.state === 'standby'
        ? null
        : `${time}  feed       ${fact.feed} ${fact.state}: ${fact.detail}`
    case 'account':
    case 'awaiting_resolution':
    case 'clock':
    case 'decided':
    case 'judged':
    case 'listener':
    case 'sealed':
    case 'stale':
    case 'stray_outcome':
    case 'tick_size':
      return null
  }
}

function outcomeText(outcome: Settlement['outcome'] & object): string {
  if (outcome.state !== 'filled') return `${outcome.state}: ${outcomeWords(outcome)}`
  return `filled ${formatMicro(outcome.shares)} shares for ${formatMicro(outcome.cost)} and a fee of ${formatMicro(outcome.fee)}`
}

function settledText(settlement: Settlement): string {
  const { market, winner, decision, pnl, reason } = settlement
  const what =
    decision === 'fired' ? `profit and loss ${formatMicro(pnl)} USD` : `no shot (${reason})`
  return `${market.slug}: ${winner} won, ${what}`
}
