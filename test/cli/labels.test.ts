/** The verb over files as recorders write them. */
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cells } from '../../src/cli/table-file.ts'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'labels-'))
const START = 1_780_920_000
const END = START + 300

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'labels', ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

const seconds = Array.from({ length: END - START + 61 }, (_, at) => START - 60 + at)
const full = (sec: number): string => `${sec < START ? 91_204 : 91_205}550000000000000000`
const pricesCsv = file(
  'prices.csv',
  [
    'feed_ts_ms,value,full_accuracy_value,server_ts_ms,recv_ms',
    ...seconds.map(
      (sec) => `${sec * 1_000},91204.55,${full(sec)},${sec * 1_000 + 1_100},${sec * 1_000 + 1_300}`,
    ),
  ].join('\n'),
)
const pricesGz = file(
  'prices.jsonl.gz',
  seconds
    .map((sec) =>
      JSON.stringify({
        feed_ts_ms: sec * 1_000,
        value: 91_204.55,
        full_accuracy_value: full(sec),
        recv_ms: sec * 1_000 + 1_300,
      }),
    )
    .join('\n'),
)
const markets = {
  csv: file(
    'markets.csv',
    `slug,asset,interval_sec,start_sec,end_sec,resolved,outcome_prices,strike_value\nbtc-updown-5m-${START},btc,300,${START},${END},true,"[""1"", ""0""]",91204.55\neth-updown-5m-${START},eth,300,${START},${END},true,"[""0"", ""1""]",3000\n`,
  ),
  jsonl: file(
    'markets.jsonl',
    `${JSON.stringify({ slug: 'x', asset: 'BTC', interval_sec: 300, start_sec: START, end_sec: END, resolved: true, outcome_prices: ['1', '0'] })}\n`,
  ),
}

describe('labels', () => {
  test.each([
    [pricesCsv, markets.csv],
    [pricesGz, markets.jsonl],
    [pricesCsv, markets.jsonl],
  ])('%s with %s', async (prices, windows) => {
    const { code, out } = await run(
      '--prices',
      prices,
      '--asset',
      'btc',
      '--markets',
      windows,
      '--json',
    )
    expect(code).toBe(0)
    const { rows } = JSON.parse(out) as { rows: Record<string, unknown>[] }
    expect(rows).toHaveLength(21)
    // Of June 2026: settled by the price of a second.
    expect(rows.find(({ rule, secondsLeft }) => rule === 'spot' && secondsLeft === 10)).toEqual({
      rule: 'spot',
      secondsLeft: 10,
      windows: 1,
      right: 1,
      rate: 1,
      low: expect.closeTo(0.2065, 3),
      high: 1,
      judgedBy: 'outcome',
    })
    expect(
      rows.find(({ rule, secondsLeft }) => rule === 'twap60' && secondsLeft === 10),
    ).toMatchObject({ windows: 1, right: 1, judgedBy: 'prints' })
  })

  test('for people a table, and by receive time', async () => {
    const { out, err } = await run(
      '--prices',
      pricesCsv,
      '--asset',
      'btc',
      '--markets',
      markets.csv,
      '--by',
      'recv',
      '--seconds',
      '5',
    )
    expect(out).toMatch(/^RULE +SECONDS LEFT/)
    expect(out.trimEnd().split('\n')).toHaveLength(4)
    expect(err).toContain('1 window, 361 prices')
    expect(err).toMatch(/judged by outcome: against the winner that the venue named/)
  })

  test.each([
    [['--prices', 'none.csv', '--markets', markets.csv], /there is no file none\.csv/],
    [
      ['--prices', pricesCsv, '--markets', markets.csv, '--asset', 'doge'],
      /has no window of "doge" among its 2 rows/,
    ],
    [
      [
        '--prices',
        file('bad.csv', 'feed_ts_ms,value\n1780920000000,cheap\n'),
        '--markets',
        markets.csv,
      ],
      /bad\.csv, line 2: value is "cheap"/,
    ],
    [
      ['--prices', file('bad.jsonl', '{"feed_ts_ms":1,\n'), '--markets', markets.csv],
      /bad\.jsonl, line 1: not a JSON object/,
    ],
    [
      [
        '--prices',
        file('bad.gz', 'x').replace('bad.gz', 'prices.csv'),
        '--markets',
        file('m.csv', 'asset,start_sec,end_sec\nbtc,5,4\n'),
      ],
      /m\.csv, line 2: end_sec is "4"/,
    ],
    [['--prices', pricesCsv, '--markets', markets.csv, '--seconds', '5,x'], /--seconds "5,x"/],
    [['--prices', pricesCsv, '--markets', markets.csv, '--seconds', ''], /--seconds needs a value/],
    [['--prices', pricesCsv, '--markets', markets.csv, '--seconds', '5,,1'], /--seconds "5,,1"/],
  ])('%j is refused in a sentence', async (args, words) => {
    const withAsset = args.includes('--asset') ? args : [...args, '--asset', 'btc']
    const { code, err } = await run(...withAsset)
    expect(code).toBe(2)
    expect(err).toMatch(words)
  })

  test('a file that is not what its name says', async () => {
    const broken = join(folder, 'broken.csv.gz')
    writeFileSync(broken, 'feed_ts_ms,value\n')
    const { code, err } = await run('--prices', broken, '--asset', 'btc', '--markets', markets.csv)
    expect(code).toBe(2)
    expect(err).toMatch(/broken\.csv\.gz cannot be read: incorrect header check/)
  })
})

test('cells of a line', () => {
  expect(cells('a, "b,""c""" ,,"d"')).toEqual(['a', 'b,"c"', '', 'd'])
})
