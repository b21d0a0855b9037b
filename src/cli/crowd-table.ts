/** The made crowds beside the real one as tables for people. What follows ± is one standard error. */
import { type Counted, MEASURED } from '../lab/crowd-measured.ts'
import type { CrowdRow, CrowdStudy } from '../lab/crowd-study.ts'
import { textTable } from './text-table.ts'

const RULE_NAMES = { candle: 'last price', twap60: 'average' } as const

export function crowdsText(studies: readonly CrowdStudy[]): string {
  const blocks = MEASURED.map(({ secondsLeft, share, meanAsk, net }) => {
    const rows = studies.map(({ crowd, rule, rows: all }) => {
      const row = all.find((one) => one.secondsLeft === secondsLeft) as CrowdRow
      return [crowd, RULE_NAMES[rule], ...cells(row)]
    })
    const measured = ['MEASURED', RULE_NAMES.candle, ...cells({ share, meanAsk, net })]
    const head = [`T-${secondsLeft}`, 'RULE', 'HAS AN ASK %', 'MEAN ASK', 'NET CENTS A SHARE']
    return textTable(head, [measured, ...rows])
  })
  return [
    "THE FAVOURITE'S ASK: BTC 5m, the favourite by the book; its first ask taken, fee paid, no hold; ± one standard error",
    ...blocks,
    'how far from what was measured, under the rule that then held (mean ask at T-10 and four nets; about 5 would be chance):',
    textTable(
      ['CROWD', 'MISFIT'],
      studies.filter(({ rule }) => rule === 'candle').map((one) => [one.crowd, misfit(one)]),
    ),
  ].join('\n\n')
}

export function fitText(studies: readonly CrowdStudy[]): string {
  const nets = MEASURED.map(({ secondsLeft }) => `NET T-${secondsLeft}`)
  const rows = studies.map((one) => [
    String(one.doubtSec),
    misfit(one),
    counted(one.rows.find(({ secondsLeft }) => secondsLeft === 10)?.meanAsk ?? null, asPrice),
    ...one.rows.map(({ net }) => counted(net, asCents)),
  ])
  const measured = [
    'MEASURED',
    '',
    counted(MEASURED.find(({ meanAsk }) => meanAsk !== null)?.meanAsk ?? null, asPrice),
    ...MEASURED.map(({ net }) => counted(net, asCents)),
  ]
  return [
    "THE FIT: the fitted crowd's seconds of doubt, the best first, by what was measured alone; cents a share",
    textTable(['DOUBT', 'MISFIT', 'ASK T-10', ...nets], [measured, ...rows]),
  ].join('\n')
}

function cells({ share, meanAsk, net }: Pick<CrowdRow, 'share' | 'meanAsk' | 'net'>): string[] {
  return [
    counted(share, (one) => (one * 100).toFixed(1)),
    counted(meanAsk, asPrice),
    counted(net, asCents),
  ]
}

function counted(one: Counted | null, say: (value: number) => string): string {
  return one === null ? '-' : `${say(one.value)} ± ${say(one.error)}`
}

function asPrice(value: number): string {
  return value.toFixed(3)
}

function asCents(value: number): string {
  return (value * 100).toFixed(1)
}

function misfit({ misfit: value }: CrowdStudy): string {
  return Number.isFinite(value) ? value.toFixed(1) : '-'
}
