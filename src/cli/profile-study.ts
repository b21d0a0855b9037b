/** What the settings of each profile bring over made windows, strategy by strategy: the engine, the gates, the limits and the venue on paper of a dry run, in virtual time. */
import { knownProfiles, loadConfig } from '../config/load.ts'
import { strategyNames } from '../config/params.ts'
import type { CrowdKind } from '../lab/crowd-worth.ts'
import type { Estimate } from '../lab/intervals.ts'
import { FILLS_MIN } from '../lab/profit.ts'
import { playWhole } from '../lab/whole-play.ts'
import { type Reason, reasonsOf, type WholeRow, wholeRow } from '../lab/whole-rows.ts'
import { bindStrategy, engineSettings, paperSettings } from './bot-setup.ts'
import { textTable } from './text-table.ts'
import { say } from './verb.ts'

export type ProfileStudy = {
  readonly profile: string
  readonly rows: readonly WholeRow[]
  /** Why windows got no order, the most frequent first. */
  readonly reasons: readonly Reason[]
  /** Why and after how many windows the bot ended the trading itself, each time. */
  readonly halts: readonly string[]
}

export type ProfilesOptions = {
  readonly seed: number
  readonly windows: number
  readonly crowd: CrowdKind
  readonly resume: boolean
  readonly config?: string | undefined
  /** Left out: all there are. */
  readonly profile?: string | undefined
}

/** A profile whose own strategy does nothing is played with the one it was made for, too. */
const BESIDE: Readonly<Record<string, string>> = { pk8: 'balanced-arb' }
const REASONS_SHOWN = 5
const TOO_FEW = 'too few'

export function studyProfiles(options: ProfilesOptions): readonly ProfileStudy[] {
  const names =
    options.profile === undefined ? [...knownProfiles().keys()].sort() : [options.profile]
  return names.flatMap((profile) => {
    const beside = BESIDE[profile]
    const own = studyOne(options, profile)
    return beside === undefined ? [own] : [own, studyOne(options, profile, beside)]
  })
}

function studyOne(options: ProfilesOptions, profile: string, strategy?: string): ProfileStudy {
  const name = strategy === undefined ? profile : `${profile} --strategy ${strategy}`
  say(`${name} ...`)
  const { config } = loadConfig({ config: options.config, profile, flags: { strategy } })
  const play = playWhole({
    settings: engineSettings(config, bindStrategy(config), false),
    paper: paperSettings(config),
    seed: options.seed,
    windows: options.windows,
    crowd: options.crowd,
    resume: options.resume,
  })
  return {
    profile: name,
    rows: strategyNames(config.strategy).map((one) => wholeRow(one, play)),
    reasons: reasonsOf(play),
    halts: play.halts.map(({ cause, windows, why }) => `${cause} after ${windows} windows: ${why}`),
  }
}

export function profilesText(studies: readonly ProfileStudy[]): string {
  const rows = studies.flatMap(({ profile, rows: list }) =>
    list.map((row) => [profile, ...cellsOf(row)]),
  )
  return [
    'WHAT EACH PROFILE BRINGS: prices and crowd are made up, the engine is not; dollars with fees, 95 % intervals',
    textTable(
      [
        'PROFILE',
        'STRATEGY',
        'WINDOWS',
        'ORDERS',
        'FILLS',
        'HIT RATE',
        'EVEN AT',
        'PROFIT $',
        'DRAWDOWN $',
      ],
      rows,
    ),
    `fewer than ${FILLS_MIN} fills say nothing: ${TOO_FEW}. Purchases of windows that end together count once for an interval`,
    ...studies.flatMap(notesOf),
  ].join('\n')
}

function cellsOf(row: WholeRow): string[] {
  const { strategy, windows, orders, fills, isTooFew, hitRate, breakEven, profit, drawdown } = row
  const counts = [strategy, ...[windows, orders, fills].map(String)]
  if (isTooFew || hitRate === null || breakEven === null)
    return [
      ...counts,
      ...(fills === 0 ? ['-', '-', '-', '-'] : [TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW]),
    ]
  return [
    ...counts,
    estimate(hitRate, 100, '%'),
    `${(breakEven * 100).toFixed(1)} %`,
    estimate(profit, 1, ''),
    drawdown.toFixed(2),
  ]
}

function notesOf({ profile, reasons, halts }: ProfileStudy): string[] {
  const why = reasons.slice(0, REASONS_SHOWN).map(({ reason, windows }) => `${reason} ${windows}`)
  return [
    ...(why.length === 0
      ? []
      : [
          `${profile}: windows without an order, by the refusal that stood at the end: ${why.join(', ')}`,
        ]),
    ...(halts[0] === undefined
      ? []
      : [
          `${profile}: halted itself ${halts.length === 1 ? 'once:' : `${halts.length} times, first:`} ${halts[0]}`,
        ]),
  ]
}

function estimate({ value, low, high }: Estimate, factor: number, unit: string): string {
  const text = (one: number): string => (one * factor).toFixed(unit === '' ? 2 : 1)
  return `${text(value)}${unit === '' ? '' : ` ${unit}`} (${text(low)} to ${text(high)})`
}
