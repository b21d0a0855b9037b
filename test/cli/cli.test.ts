/** The command line as a person meets it: exit codes, one sentence, nothing on the wrong stream. Runs what was built. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { STRATEGIES } from '../../src/strategies/registry.ts'
import { cli, folder, main } from './program.ts'

describe('what cannot be done is one sentence and the right exit code', () => {
  test.each([
    [['nonsense'], 2, /there is no verb "nonsense"/],
    [['run', '--bogus'], 2, /bogus/i],
    [[], 2, /Say what to do/],
    [['run', '--asset', 'doge'], 4, /ones of btc, eth, sol, xrp, got "doge"/],
    [['run', '--interval', '7m'], 4, /7m/],
    [['run', '--strategy', 'magic'], 4, /there is no strategy "magic"; there are: last-second/],
    [['run', '--config', 'missing.yaml'], 4, /missing\.yaml/],
    [['run', '--venue-json', 'missing.json'], 2, /missing\.json cannot be read/],
    [['run', '--schedule', 'now and then'], 2, /is not a cron text/],
    [['venue', '--window', '5'], 2, /90/],
    [['status'], 3, /no bot is running/],
    [['trades'], 3, /there is no ledger/],
    [['logs'], 3, /lastsecond run/],
    [['import', 'missing.jsonl', '--check'], 2, /there is no file missing\.jsonl/],
    [['import', 'missing.jsonl'], 2, /--check/],
    [['config', 'set', 'limits.maxBookAgeMs', '0'], 4, /limits\.maxBookAgeMs/],
    [['config', 'get', 'limits.maxBokAgeMs'], 4, /limits\.maxBookAgeMs/],
    [['--config', 'missing.yaml', 'config', 'show'], 4, /missing\.yaml/],
    [['run', '--seed', 'abc'], 2, /^lastsecond: --seed must be a number, got "abc"\n$/],
    [['run', '--seed', '1.5'], 2, /^lastsecond: --seed must be a whole number .*, got "1\.5"\.\n$/],
    [['run', '--tape'], 2, /--tape needs a value/],
    [['run', '--json=maybe'], 2, /--json takes no value but true or false, got "maybe"/],
    [['venue', '--fault'], 2, /--fault needs a value/],
    [['trades', '--limit', 'abc'], 2, /--limit must be a whole number from 1 to .*, got "abc"/],
    [['trades', '--limit', '0'], 2, /got "0"/],
    [['logs', '--lines', 'abc'], 2, /--lines must be a whole number from 1 to .*, got "abc"/],
    [['logs', '--lines', '-3'], 2, /got "-3"/],
    [['ws-test', '--seconds', 'soon'], 2, /--seconds must be a number, got "soon"/],
    [
      ['run', '--live', '--venue', 'polymarket'],
      7,
      /ON_PAPER: last-second: a dry run has to show 50/,
    ],
    [['run', '--strategy', 'noop,magic'], 4, /there is no strategy "magic"; there are:/],
    [['run', '--strategy', 'noop,noop'], 4, /a strategy is named twice in "noop,noop"/],
  ] as const)('%j', async (args, code, message) => {
    const result = await cli(args)
    expect(result.err).toMatch(message)
    expect(result.err).not.toMatch(/\n {4}at /)
    expect([result.code, result.out]).toEqual([code, ''])
  })

  test('a broken configuration file names the key, the value and where it stands', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'lastsecond.yaml'), 'limits:\n  maxBookAgeMs: soon\n')
    const result = await cli(['config', 'show'], cwd)
    expect(result.code).toBe(4)
    expect(result.err).toMatch(/limits\.maxBookAgeMs.*soon.*lastsecond\.yaml/)
  })

  test('a control port that the user chose and somebody else has', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const result = await cli(['run', '--once', '--json'], folder(), { CONTROL_PORT: String(port) })
    expect([result.code, result.out]).toEqual([4, ''])
    expect(result.err).toMatch(/control port .* is taken/)
    server.close()
  })
})

describe('what can be listed without a bot', () => {
  test('strategies, for people and for machines', async () => {
    const people = await cli(['strategies'])
    expect([people.code, people.err]).toEqual([0, ''])
    expect(people.out).toMatch(/maxAsk +0\.99 +a price of at most 4 places, 0\.0001 to 0\.9999/)
    expect(people.out).toMatch(/shares +5 +a whole number of shares, 1 or more/)
    expect(people.out).toMatch(/fireAt +1 +a number, 0\.2 to 60/)
    const machines = JSON.parse((await cli(['strategies', '--json'])).out) as { name: string }[]
    expect(machines.map(({ name }) => name)).toEqual(STRATEGIES.map(({ name }) => name))
  })

  test('settings: shown with their origin, set with the file kept, secrets hidden', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'lastsecond.yaml'), '# mine\nlimits:\n  maxBookAgeMs: 4000 # patient\n')
    for (const [key, value] of [
      ['params.maxAsk', '0.97'],
      ['params.shares', '6'],
      ['params.fireAt', '2'],
      ['assets', 'btc,sol'],
    ] as const) {
      expect((await cli(['config', 'set', key, value], cwd)).code).toBe(0)
    }
    const text = readFileSync(join(cwd, 'lastsecond.yaml'), 'utf8')
    expect(text).toContain('# mine')
    expect(text).toContain('# patient')
    const shown = await cli(['config', 'show'], cwd, {
      POLYMARKET_PRIVATE_KEY: '0xcanarycanarycanary',
      LOG_LEVEL: 'warn',
    })
    expect(shown.out).toMatch(/assets +btc,sol +from lastsecond\.yaml/)
    expect(shown.out).toMatch(/log\.level +warn +from the environment variable LOG_LEVEL/)
    expect(shown.out).toMatch(/POLYMARKET_PRIVATE_KEY +set, hidden/)
    expect(shown.out).not.toContain('canary')
    expect((await cli(['config', 'set', 'params.shares', '1.5'], cwd)).err).toMatch(
      /whole number of shares/,
    )
  })
})

test('a reader that has seen enough ends a verb without a word', async () => {
  const cwd = folder()
  mkdirSync(join(cwd, 'log'))
  const line = `${JSON.stringify({ time: 't', level: 'info', msg: 'x'.repeat(200) })}\n`
  writeFileSync(join(cwd, 'log', 'trades.log'), line.repeat(20_000))
  const child = spawn(process.execPath, [main, 'logs', '--lines', '20000'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect([code, err]).toEqual([0, ''])
})

describe('config', () => {
  test('parameters are shown one by one with their origin, defaults too', async () => {
    const cwd = folder()
    expect((await cli(['config', 'set', 'params.maxAsk', '0.97'], cwd)).code).toBe(0)
    const { out } = await cli(['config', 'show'], cwd)
    expect(out).toMatch(/params\.maxAsk +0\.97 +from lastsecond\.yaml/)
    expect(out).toMatch(/params\.shares +5 +the default/)
    expect(out).toMatch(/params\.listenFromSec +180 +as discovery\.startBufferSec, the default/)
    expect((await cli(['config', 'get', 'params.shares'], cwd)).out).toBe('5\n')
  })

  test('what a run would refuse is not shown as if it held, and can be mended', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'lastsecond.yaml'), 'params: { fireAt: "two" }\n')
    for (const verb of [['config', 'show'], ['config', 'get', 'venue'], ['doctor']]) {
      const result = await cli(verb, cwd)
      expect([result.code, result.out]).toEqual([4, ''])
      expect(result.err).toMatch(/params\.fireAt must be a number.*"two".*lastsecond\.yaml/)
    }
    expect((await cli(['config', 'show'], cwd, { STRATEGY: 'magic' })).err).toMatch(/magic/)
    expect((await cli(['config', 'set', 'params.fireAt', '2'], cwd)).code).toBe(0)
    expect((await cli(['config', 'get', 'params.fireAt'], cwd)).out).toBe('2\n')
  })

  test('a misspelt variable is told on stderr by every verb that reads settings', async () => {
    const env = { MAX_POSITON_USD: '3' }
    const shown = await cli(['config', 'get', 'venue'], folder(), env)
    expect([shown.code, shown.out]).toEqual([0, 'local\n'])
    expect(shown.err).toMatch(/^lastsecond: MAX_POSITON_USD .* did you mean MAX_POSITION_USD\?\n$/)
    expect((await cli(['trades'], folder(), env)).err).toMatch(/did you mean MAX_POSITION_USD/)
    expect((await cli(['strategies'], folder(), env)).err).toBe('')
  })

  test('set makes the file that --config names', async () => {
    const cwd = folder()
    const set = ['config', 'set', 'params.shares', '6', '--config', 'new.yaml']
    expect((await cli(set, cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'new.yaml'), 'utf8')).toMatch(/shares: "?6"?/)
  })
})
