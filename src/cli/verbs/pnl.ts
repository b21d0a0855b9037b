/** What it all adds up to. The hit rate never stands without the rate that would only break even, and its interval. */
import type { Settlement } from '../../domain/facts.ts'
import { type TripwireTold, tripwireText } from '../../domain/tripwire-text.ts'
import { formatMicro, microUsdc } from '../../domain/units.ts'
import type { LedgerReader } from '../../ledger/reader.ts'
import { type Tally, tally } from '../../ledger/tally.ts'
import { tripwireView } from '../../risk/account.ts'
import { NO_SHOTS } from '../../risk/tripwire.ts'
import { ledgerOptions, placeOf, withReader } from '../ledger-options.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, type Verb } from '../verb.ts'

/** Fewer fills than this say nothing about a rate. */
const ENOUGH_FILLS = 30
const ALL = 1_000_000
const HEAD = [
  'SERIES',
  'WINDOWS',
  'FIRED',
  'FILLED',
  'WON',
  'HIT RATE',
  'BREAK-EVEN',
  'INTERVAL',
  'FEES USD',
  'PNL USD',
]

export const pnl: Verb = {
  command: 'pnl',
  describe: 'profit and loss, hit rate beside break-even',
  build: ledgerOptions,
  run(args) {
    const code = withReader(args, (reader) => {
      const all = reader.settlements(ALL)
      const groups = new Map<string, Settlement[]>()
      for (const one of all) {
        const name = `${one.market.asset} ${one.market.interval}`
        groups.set(name, [...(groups.get(name) ?? []), one])
      }
      const lines = [...groups.entries()]
        .sort()
        .map(([name, list]) => ({ series: name, ...tally(list) }))
      const test = tripwireOf(reader, placeOf(args).config.limits.tripwire)
      const total = { series: 'total', ...tally(all) }
      if (args.json) {
        print(JSON.stringify({ total: machine(total), series: lines.map(machine), tripwire: test }))
        return EXIT.ok
      }
      print(textTable(HEAD, [...lines, total].map(row)))
      print(`\n${tripwireText(test)}`)
      if (total.filled < ENOUGH_FILLS)
        print(
          `\n${total.filled} ${total.filled === 1 ? 'fill is' : 'fills are'} too few to say anything about the hit rate.`,
        )
      return EXIT.ok
    })
    return Promise.resolve(code)
  },
}

/** As the bot last wrote it down; a resume after a halt begins anew. */
function tripwireOf(reader: LedgerReader, alpha: number | 'off'): TripwireTold {
  const state = reader.account()?.tripwire ?? NO_SHOTS
  return tripwireView(state, alpha === 'off' ? null : alpha)
}

type Line = Tally & { readonly series: string }

function machine({ pnlMicro, feesMicro, ...rest }: Line): object {
  return { ...rest, pnl: formatMicro(microUsdc(pnlMicro)), fees: formatMicro(microUsdc(feesMicro)) }
}

function row(line: Line): string[] {
  const percent = (value: number | null): string =>
    value === null ? '-' : `${(value * 100).toFixed(2)} %`
  const interval = line.low === null ? '-' : `${percent(line.low)} to ${percent(line.high)}`
  const counts = [line.windows, line.fired, line.filled, line.wins].map(String)
  const money = [line.feesMicro, line.pnlMicro].map((value) => formatMicro(microUsdc(value)))
  return [
    line.series,
    ...counts,
    percent(line.hitRate),
    percent(line.breakEven),
    interval,
    ...money,
  ]
}
