import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLogs } from '../../src/telemetry/logger.ts'

const CANARY = '0xfeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface'

function cause(): Error {
  return new Error('outer', { cause: new Error(`inner ${CANARY}`) })
}

const places: readonly [string, Record<string, unknown>][] = [
  ['a key deep inside', { a: { b: { c: { d: { privateKey: 'x-canary-by-name' } } } } }],
  ['a list', { list: [{ passphrase: 'x-canary-by-name' }, CANARY] }],
  [
    'a map',
    {
      map: new Map([
        ['secret', 'x-canary-by-name'],
        ['other', CANARY],
      ]),
    },
  ],
  ['a set', { set: new Set([CANARY]) }],
  ['an error and its cause', { error: cause() }],
  [
    'an error with fields',
    {
      error: Object.assign(new Error(CANARY), {
        apiKey: 'x-canary-by-name',
        config: { headers: { POLY_SIGNATURE: 'x-canary-by-name' } },
      }),
    },
  ],
  ['a buffer', { bytes: Buffer.from(CANARY) }],
  ['a URL', { url: new URL(`http://127.0.0.1/?k=${CANARY}`) }],
  ['a text in JSON', { body: `{"private_key":"x-canary-by-name","ok":1}` }],
  ['a key as a name', { [CANARY]: 1 }],
  ['an authorization header', { headers: { Authorization: 'x-canary-by-name' } }],
]

describe('secrets in logs', () => {
  test.each(places)('%s', async (_, data) => {
    const dir = mkdtempSync(join(tmpdir(), 'logs-'))
    const logs = createLogs({ dir, level: 'debug', maxMb: 1, keep: 1, base: {}, secrets: [CANARY] })
    logs.finder.error(`something with ${CANARY} failed`, data)
    await logs.close()
    const text = readFileSync(join(dir, 'finder.log'), 'utf8')
    expect(text).toContain('something with [hidden] failed')
    expect(text).not.toContain(CANARY)
    expect(text).not.toContain('x-canary-by-name')
  })

  test('a cycle ends, and lines are on the disk when close returns', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'logs-'))
    const logs = createLogs({ dir, level: 'info', maxMb: 1, keep: 1, base: { mode: 'dry' } })
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    logs.trades.info('loop', loop)
    for (let line = 0; line < 500; line += 1) logs.trades.info('line', { line })
    logs.trades.debug('below the level')
    await logs.close()
    const lines = readFileSync(join(dir, 'trades.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toHaveLength(501)
    expect(lines.at(-1)).toMatchObject({ level: 'info', mode: 'dry', line: 499, msg: 'line' })
  })
})
