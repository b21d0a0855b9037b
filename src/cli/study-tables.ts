/** The studies of the laboratory as tables for people. Every rate stands with its 95 % interval. */
import type { AccuracyRow, Rate } from '../lab/accuracy.ts'
import { FAULT_FIRE_SECS, type FaultRow } from '../lab/faults-study.ts'
import type { Estimate, Interval } from '../lab/intervals.ts'
import { FILLS_MIN, type ProfitRow } from '../lab/profit.ts'
import type { WinnersStudy } from '../lab/winners-study.ts'
import { textTable } from './text-table.ts'

const TOO_FEW = 'too few'
const REASONS_SHOWN = 4

export function accuracyText({ accuracy }: WinnersStudy): string {
  const rate = (one: Rate): string =>
    one.rate === null ? '-' : `${percent(one.rate)} (${span(one, percent)})`
  const row = ({ secondsLeft, windows, rules, ahead }: AccuracyRow): string[] => [
    String(secondsLeft),
    String(windows),
    rate(rules.settlement),
    rate(rules.book),
    rate(rules.spot),
    points(ahead.book),
    points(ahead.spot),
  ]
  const unnamed = accuracy.reduce((sum, { rules }) => sum + rules.settlement.unnamed, 0)
  return [
    'WHO WINS: right answers of each rule, % (95 % interval), and settlement less the other, points',
    textTable(
      ['LEFT', 'WINDOWS', 'SETTLEMENT', 'BOOK', 'SPOT', 'LESS BOOK', 'LESS SPOT'],
      accuracy.map(row),
    ),
    `settlement gave no answer ${unnamed} times; a rule that gives none is not right`,
  ].join('\n')
}

export function profitText({ profit, ahead }: WinnersStudy): string {
  const lines = [
    'WHAT IT EARNS: one shot in the second after T minus FIRE; dollars with fees, 95 % intervals',
    textTable(
      ['RULE', 'FIRE', 'SHOTS', 'FILLS', 'HITS', 'HIT RATE', 'EVEN AT', 'A SHARE', 'PROFIT $'],
      profit.map((row) => [
        row.rule,
        row.fireSec === null ? 'all' : `T-${row.fireSec}`,
        ...of(row),
      ]),
    ),
    `fewer than ${FILLS_MIN} fills say nothing: ${TOO_FEW}`,
  ]
  for (const [other, estimate] of Object.entries(ahead ?? {}))
    lines.push(`settlement less ${other}, T-30 to T-5 together: $${dollars(estimate)}`)
  return lines.join('\n')
}

function of(row: ProfitRow): string[] {
  const { shots, fills, wins, isTooFew, hitRate, breakEven, perShare, profit } = row
  const counts = [shots, fills, wins].map(String)
  if (isTooFew || hitRate === null || breakEven === null || perShare === null)
    return [...counts, TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW]
  const rate = `${percent(hitRate.value)} (${span(hitRate, percent)})`
  return [...counts, rate, percent(breakEven), perShare.toFixed(4), dollars(profit)]
}

export function faultsText(rows: readonly FaultRow[]): string {
  const seconds = FAULT_FIRE_SECS.map((sec) => `T-${sec}`).join(' and ')
  return [
    `WHILE SOMETHING IS WRONG: the settlement rule, at ${seconds} of each window`,
    textTable(
      [
        'FAULT',
        'CHANCES',
        'REFUSED',
        'SHOTS',
        'FILLS',
        'AT THE LOSER',
        'HIT RATE',
        'EVEN AT',
        'PROFIT $',
        'REFUSED BY',
      ],
      rows.map(({ fault, chances, refused, refusedBy, wrong, profit }) => {
        const [shots, fills, , rate, even, , earned] = of(profit) as [string, string, ...string[]]
        const reasons = refusedBy
          .slice(0, REASONS_SHOWN)
          .map(({ check, count }) => `${check} ${count}`)
          .join(', ')
        const cells = [String(chances), String(refused), shots, fills, String(wrong)]
        return [fault, ...cells, rate ?? '', even ?? '', earned ?? '', reasons]
      }),
    ),
    ...rows.map(({ fault, what }) => `${fault}: ${what}`),
  ].join('\n')
}

function percent(rate: number): string {
  return (rate * 100).toFixed(2)
}

function span({ low, high }: Interval, say: (one: number) => string): string {
  return `${say(low)} to ${say(high)}`
}

function points(estimate: Estimate | null): string {
  if (estimate === null) return '-'
  const signed = (one: number): string => `${one >= 0 ? '+' : ''}${percent(one)}`
  return `${signed(estimate.value)} (${span(estimate, signed)})`
}

function dollars(estimate: Estimate): string {
  const two = (one: number): string => one.toFixed(2)
  return `${two(estimate.value)} (${span(estimate, two)})`
}
