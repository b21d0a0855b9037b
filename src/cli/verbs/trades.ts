/** Settled windows, the latest last. */
import { formatMicro } from '../../domain/units.ts'
import { ledgerOptions, withReader } from '../ledger-options.ts'
import { settledLine } from '../settled-line.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'
import { whole } from '../whole.ts'

const LIMIT_MAX = 1_000_000

const HEAD = [
  'WINDOW',
  'DECISION',
  'SIDE',
  'WINNER',
  'FILL',
  'PRICE',
  'SHARES',
  'PNL USD',
  'REASON',
]

export const trades: Verb = {
  command: 'trades',
  describe: 'settled windows, shot at or not',
  build: (argv) =>
    ledgerOptions(argv).option('limit', {
      type: 'string',
      default: '20',
      describe: 'how many, the latest',
    }),
  run(args) {
    const limit = whole(args, 'limit', 1, LIMIT_MAX) ?? 1
    const code = withReader(args, (reader) => {
      const list = reader.settlements(limit).reverse()
      if (args.json) {
        for (const one of list) print(JSON.stringify(settledLine(one)))
        return EXIT.ok
      }
      if (list.length === 0) say('nothing has been settled yet')
      else {
        const rows = list.map((one) => {
          const line = settledLine(one) as Record<string, string | null>
          const text = (name: string): string => line[name] ?? '-'
          return [
            text('market'),
            text('decision'),
            text('side'),
            text('winner'),
            text('fillState'),
            text('price'),
            text('shares'),
            formatMicro(one.pnl),
            text('reason'),
          ]
        })
        print(textTable(HEAD, rows))
      }
      return EXIT.ok
    })
    return Promise.resolve(code)
  },
}
