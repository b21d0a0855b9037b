/** How often each settlement rule names the winner at each second left, in recorded prices and windows. */
import { UserError } from '../../domain/user-error.ts'
import {
  indexPrints,
  type LabelPrint,
  type LabelRow,
  type LabelRule,
  type LabelWindow,
  labelRows,
} from '../../pricing/labels.ts'
import { eachRow, type Row } from '../table-file.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const SECONDS = '60,45,30,15,10,5,1'
const JUDGES = [
  'judged by outcome: against the winner that the venue named, where the window was settled by this rule;',
  'judged by prints: against this rule worked out from the prices, where it was settled by another',
]
const E18_PLACES = 18
/** Whole numbers longer than this are scaled by 10^18; no price has so many digits. */
const PLAIN_DIGITS_MAX = 12
/** When the venue went from the price of a second to averages. */
const AVERAGES_SINCE = Date.parse('2026-08-07T00:00:00Z') / 1_000
const LONG_AVERAGE_SINCE = Date.parse('2026-08-14T00:00:00Z') / 1_000

export const labels: Verb = {
  command: 'labels',
  describe: 'how often each settlement rule names the winner, in recorded prices and windows',
  build: (argv) =>
    argv
      .option('prices', {
        type: 'string',
        demandOption: true,
        describe:
          'CSV or JSON lines, plain or .gz: feed_ts_ms, value, full_accuracy_value, recv_ms',
      })
      .option('markets', {
        type: 'string',
        demandOption: true,
        describe:
          'CSV or JSON lines, plain or .gz: slug, asset, start_sec, end_sec, resolved, outcome_prices',
      })
      .option('asset', { type: 'string', demandOption: true, describe: 'whose windows' })
      .option('by', {
        choices: ['feed', 'recv'] as const,
        default: 'feed',
        describe: "what is known at a second: by the feed's clock, or by when it was received",
      })
      .option('seconds', {
        type: 'string',
        default: SECONDS,
        describe: 'seconds left, a comma list',
      }),
  async run(args) {
    const seconds = secondsOf(String(args['seconds']))
    const asset = String(args['asset']).toLowerCase()
    const windows: LabelWindow[] = []
    let others = 0
    const marketsFile = String(args['markets'])
    await eachRow(marketsFile, (row, line) => {
      if (String(row['asset'] ?? '').toLowerCase() !== asset) others += 1
      else windows.push(windowOf(row, marketsFile, line))
    })
    if (windows.length === 0) {
      throw new UserError(
        'usage',
        `${marketsFile} has no window of "${asset}" among its ${others} rows`,
      )
    }
    const prints: LabelPrint[] = []
    const pricesFile = String(args['prices'])
    await eachRow(pricesFile, (row, line) => prints.push(printOf(row, pricesFile, line)))
    if (prints.length === 0) throw new UserError('usage', `${pricesFile} holds no price`)
    const by = args['by'] as 'feed' | 'recv'
    const rows = labelRows(indexPrints(prints), windows, seconds, by)
    if (args.json) print(JSON.stringify({ rows }))
    else tell(rows, windows.length, prints.length)
    return EXIT.ok
  },
}

function tell(rows: readonly LabelRow[], windows: number, prints: number): void {
  const percent = (rate: number | null): string =>
    rate === null ? '-' : `${(rate * 100).toFixed(2)} %`
  const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`
  say(`${count(windows, 'window')}, ${count(prints, 'price')}`)
  print(
    textTable(
      ['RULE', 'SECONDS LEFT', 'WINDOWS', 'RIGHT', 'RATE', '95 % FROM', 'TO', 'JUDGED BY'],
      rows.map((row) => [
        row.rule,
        String(row.secondsLeft),
        String(row.windows),
        String(row.right),
        percent(row.rate),
        percent(row.low),
        percent(row.high),
        row.judgedBy ?? '-',
      ]),
    ),
  )
  for (const line of JUDGES) say(line)
}

function secondsOf(text: string): number[] {
  const list = text.split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)))
  if (list.some((one) => !Number.isInteger(one) || one < 0 || one > 14_400)) {
    throw new UserError(
      'usage',
      `--seconds "${text}" is not a comma list of whole seconds, 0 to 14400`,
    )
  }
  return list
}

function printOf(row: Row, file: string, line: number): LabelPrint {
  const feedMs = Number(row['feed_ts_ms'])
  if (!Number.isFinite(feedMs) || feedMs <= 0)
    throw wrong(file, line, 'feed_ts_ms', row['feed_ts_ms'])
  const full = textOf(row['full_accuracy_value'])
  const price = full === '' ? e18(textOf(row['value'])) : e18(full)
  if (price === null || price <= 0n)
    throw wrong(file, line, 'value', full === '' ? row['value'] : full)
  const recv = textOf(row['recv_ms'])
  return {
    sec: Math.floor(feedMs / 1_000),
    price,
    // What does not say when it was received was known at once.
    recvMs: recv === '' ? feedMs : Number(recv),
  }
}

function windowOf(row: Row, file: string, line: number): LabelWindow {
  const [startSec, endSec] = [Number(row['start_sec']), Number(row['end_sec'])]
  if (!Number.isInteger(startSec) || startSec <= 0)
    throw wrong(file, line, 'start_sec', row['start_sec'])
  if (!Number.isInteger(endSec) || endSec <= startSec)
    throw wrong(file, line, 'end_sec', row['end_sec'])
  return { startSec, endSec, upWon: upWon(row), settledBy: settledBy(row, startSec, endSec) }
}

function wrong(file: string, line: number, name: string, value: unknown): UserError {
  return new UserError(
    'usage',
    `${file}, line ${line}: ${name} is ${JSON.stringify(value ?? null)}, which is no such number`,
  )
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value).trim()
}

/** Exact: a decimal, or a whole number scaled by 10^18. */
function e18(text: string): bigint | null {
  if (/^\d+$/.test(text) && text.length > PLAIN_DIGITS_MAX) return BigInt(text)
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return null
  const fraction = (match[2] ?? '').slice(0, E18_PLACES).padEnd(E18_PLACES, '0')
  return BigInt(`${match[1]}${fraction}`)
}

/** Null unless the window is resolved to one side. */
function upWon(row: Row): boolean | null {
  const resolved = textOf(row['resolved']).toLowerCase()
  if (resolved === 'false' || resolved === '0' || resolved === 'no') return null
  const given = row['outcome_prices']
  const list = Array.isArray(given)
    ? given.map(String)
    : (textOf(given).match(/\d+(?:\.\d+)?/g) ?? [])
  const [up, down] = list.map(Number)
  if (up === 1 && down === 0) return true
  return up === 0 && down === 1 ? false : null
}

/** By what the market says of itself, else by when it was: the venue changed its rule twice in August 2026. */
function settledBy(row: Row, startSec: number, endSec: number): LabelRule | null {
  const said = [
    'resolution_source',
    'resolutionSource',
    'crypto_market_config',
    'cryptoMarketConfig',
  ]
    .map((name) => (typeof row[name] === 'object' ? JSON.stringify(row[name]) : textOf(row[name])))
    .join(' ')
    .toLowerCase()
  if (said.includes('binance')) return null
  if (said.includes('twap-60') || said.includes('"twaplookbackseconds":60')) return 'twap60'
  if (said.includes('twap-30') || said.includes('"twaplookbackseconds":30')) return 'twap30'
  if (said.includes('data.chain.link/streams/')) return 'spot'
  const seconds = endSec - startSec
  if (seconds === 3_600) return null
  if (startSec < AVERAGES_SINCE) return 'spot'
  return seconds === 300 && startSec < LONG_AVERAGE_SINCE ? 'twap30' : 'twap60'
}
