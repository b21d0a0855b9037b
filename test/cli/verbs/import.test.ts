/** The verb over files as recorders write them: what a script learns from its exit code, and what is no recording at all. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { importVerb } from '../../../src/cli/verbs/import.ts'

const GLOBAL = { json: false, config: undefined, profile: undefined, logLevel: undefined }
const MARKET = `0x${'ab'.repeat(32)}`
const book = {
  event_type: 'book',
  market: MARKET,
  asset_id: '7'.repeat(77),
  timestamp: '1795194000000',
  bids: [{ price: '0.4', size: '10' }],
  asks: [{ price: '0.6', size: '10' }],
}

let folder = ''
let out = ''
let err = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function check(lines: readonly unknown[]): Promise<number> {
  const file = join(folder, 'frames.jsonl')
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(file, text.join('\n'))
  return importVerb.run({ ...GLOBAL, files: [file], check: true })
}

test('frames bare, in a wrapper, and as text: all read, exit code 0', async () => {
  const code = await check([
    book,
    { recv_ms: 1_795_194_000_001, payload: book },
    { recv_wall_ts: '2026-11-20T17:00:00Z', raw: JSON.stringify(book) },
    'PONG',
  ])
  expect(out).toContain('frames 4: parsed 4, unknown 0, failed 0')
  expect([code, err]).toEqual([0, ''])
})

test('one frame that cannot be read is an exit code of its own', async () => {
  const code = await check([book, book, '{"event_type":"bo', book])
  expect(out).toContain('failed 1')
  expect(err).toBe('lastsecond: 1 of 4 frames could not be read\n')
  expect(code).toBe(1)
})

test('a file without a frame proves nothing', async () => {
  expect(await check(['', ''])).toBe(1)
  expect(err).toContain('no frame was found')
})

test('a folder and a tape are named for what they are', async () => {
  mkdirSync(join(folder, 'many'))
  const args = { ...GLOBAL, files: [join(folder, 'many')], check: true }
  await expect(importVerb.run(args)).rejects.toThrow(/many is a folder; name the files in it/)
  await expect(
    check([{ kind: 'timer', name: 'trigger', recvAt: 1, venueAt: null }]),
  ).rejects.toThrow(/this is a tape of `run --tape`/)
})
