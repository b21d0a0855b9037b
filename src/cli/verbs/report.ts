/** What the certificates add up to: what the refusals cost or saved, and how often the winner that we named was the venue's. */
import { formatMicro, type MicroUsdc } from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import { type GateReport, gateReport, type ShotSum } from '../../ledger/gate-report.ts'
import { assetPrice } from '../amounts.ts'
import { askReport } from '../ask-report.ts'
import { bindStrategy, engineSettings } from '../bot-setup.ts'
import { ledgerOptions, placeOf, withReader } from '../ledger-options.ts'
import { pastOf } from '../past-asks.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'
import { type Mismatch, type WinnerReport, winnerReport } from '../winner-report.ts'

/** Fewer than this say nothing about a rate. */
const ENOUGH = 30
/** More are in the machine output. */
const MISMATCHES_SHOWN = 30

export const report: Verb = {
  command: 'report <what>',
  describe:
    "report gates: what the refusals cost or saved; report winners: our winner beside the venue's; report asks: what was for sale when",
  build: (argv) =>
    ledgerOptions(
      argv.positional('what', {
        choices: ['gates', 'winners', 'asks'] as const,
        demandOption: true,
      }),
    ),
  run(args) {
    if (args['what'] === 'asks') {
      tellAsks(args)
      return Promise.resolve(EXIT.ok)
    }
    const ofGates = args['what'] === 'gates'
    withReader(args, ({ certificates }) => {
      if (ofGates) tellGates(gateReport(certificates.audits()), args.json)
      else tellWinners(winnerReport(certificates.audits()), args.json)
    })
    return Promise.resolve(EXIT.ok)
  },
}

/** At the size and the cap of the strategy, on the side that its rule names. */
function tellAsks(args: Parameters<Verb['run']>[0]): void {
  const { config } = placeOf(args)
  const { asks } = bindStrategy(config).span
  if (asks === null)
    throw new UserError('config', `${config.strategy} does not say what it would buy`)
  const { holdMs } = engineSettings(config, bindStrategy(config), false)
  const { series, lines } = askReport(pastOf(config), { ...asks, holdSec: holdMs / 1_000 })
  if (args.json) return print(JSON.stringify({ series }))
  if (series.length === 0) return say(NOTHING)
  for (const line of lines) print(line)
}

const MONEY = ['WON', 'LOST', 'SUM USD', 'MEAN USD', '95 % INTERVAL', '']

function tellGates(found: GateReport, json: boolean): void {
  if (json) return print(JSON.stringify({ ...found, enough: ENOUGH }))
  if (found.windows === 0) return say(NOTHING)
  const { gates, unfilled } = found
  print(`${windows(found.windows)} with a result. What a shot at the ask that was seen would have`)
  print('earned: above zero is what the refusals cost, below zero what they saved.')
  if (gates.length > 0) {
    const first = gates.map(({ gate, refused, all }) => [gate, String(refused), ...money(all)])
    print(`\n${textTable(['FIRST TO REFUSE', 'WINDOWS', 'FOR SALE', ...MONEY], first)}`)
    const alone = gates
      .filter(({ only }) => only.refused > 0)
      .map(({ gate, only }) => [gate, String(only.refused), ...money(only)])
    if (alone.length > 0)
      print(`\n${textTable(['ALONE IN REFUSING', 'WINDOWS', 'FOR SALE', ...MONEY], alone)}`)
  }
  if (unfilled.length > 0) {
    const rows = unfilled.map((line) => [line.cause, ...money(line)])
    print(`\n${textTable(['SHOTS NOT FILLED', 'COUNT', ...MONEY], rows)}`)
  }
  if (gates.length === 0 && unfilled.length === 0) print('Every shot was taken and filled.')
}

function money(sum: ShotSum): string[] {
  const usd = (micro: number | null): string =>
    micro === null ? '-' : formatMicro(micro as MicroUsdc)
  const interval = sum.lowMicro === null ? '-' : `${usd(sum.lowMicro)} to ${usd(sum.highMicro)}`
  const counts = [sum.shots, sum.won, sum.lost].map(String)
  const total = sum.shots === 0 ? '-' : usd(sum.sumMicro)
  return [...counts, total, usd(sum.meanMicro), interval, fewness(sum.shots)]
}

function tellWinners(found: WinnerReport, json: boolean): void {
  if (json) return print(JSON.stringify({ ...found, enough: ENOUGH }))
  if (found.windows === 0) return say(NOTHING)
  print(`${windows(found.windows)} with a winner.`)
  const head = [
    'LEFT',
    'NAMED',
    'WRONG',
    'RATE',
    '95 % INTERVAL',
    'FOR SALE',
    'WRONG',
    'MAY BE',
    '',
  ]
  const rows = found.lines.map((line) => [
    line.leftSec === null ? 'all heard' : `${line.leftSec} s`,
    String(line.named),
    String(line.wrong),
    percent(line.rate),
    line.low === null ? '-' : `${percent(line.low)} to ${percent(line.high)}`,
    ...(line.leftSec === null
      ? ['', '', '']
      : [String(line.forSale), String(line.forSaleWrong), percent(line.mayBeWrong)]),
    fewness(line.named),
  ])
  print(`\n${textTable(head, rows)}`)
  print(
    '\nMAY BE: the share of wrong names at which buying the named side at its ask, fee included,',
  )
  print('neither gains nor loses. Compare it with the wrong ones among those that were for sale.')
  tellMismatches(found.mismatches)
}

function tellMismatches(all: readonly Mismatch[]): void {
  if (all.length === 0) return print('\nNo window in which the other side was named.')
  const shown = all.slice(-MISMATCHES_SHOWN)
  const rows = shown.map(({ market, winner, own, final, strike, certainty, wrongAt }) => [
    market,
    winner,
    own ?? '-',
    final === null ? '-' : assetPrice(final),
    strike === null ? '-' : assetPrice(strike),
    certainty ?? '-',
    wrongAt.map((left) => (left === null ? 'all heard' : `${left} s`)).join(', '),
  ])
  const head = ['WINDOW', 'VENUE', 'OURS', 'FINAL', 'STRIKE', 'STRIKE IS', 'WRONG AT']
  print(`\n${textTable(head, rows)}`)
  const more = all.length - shown.length
  if (more > 0) print(`and ${more} before them; --json has all`)
}

const NOTHING = 'no window of this ledger has a certificate and its result yet'

function windows(count: number): string {
  return `${count} ${count === 1 ? 'window' : 'windows'}`
}

function percent(value: number | null): string {
  return value === null ? '-' : `${(value * 100).toFixed(2)} %`
}

function fewness(count: number): string {
  return count < ENOUGH ? 'too few' : ''
}
