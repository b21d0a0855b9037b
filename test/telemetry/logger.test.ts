/** Logs on the disk: a large one is moved away, at the start as well, and the oldest of those before go. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogs } from '../../src/telemetry/logger.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const open = () => createLogs({ dir, level: 'info', maxMb: 1, keep: 2, base: { mode: 'dry' } })
const files = (name: string) => readdirSync(dir).filter((file) => file.startsWith(`${name}.2`))

test('a start beside a log that is too large moves it away and goes on in a new one', async () => {
  writeFileSync(join(dir, 'trades.log'), 'x'.repeat(1_000_001))
  writeFileSync(join(dir, 'finder.log'), 'a line\n')
  for (const year of [2024, 2025]) writeFileSync(join(dir, `trades.${year}-01-01T00-00-00.log`), '')
  const logs = open()
  logs.trades.info('first')
  logs.finder.info('second')
  await logs.close()
  const [, moved] = files('trades')
  expect(files('trades')).toEqual(['trades.2025-01-01T00-00-00.log', moved])
  expect(readFileSync(join(dir, moved as string)).length).toBe(1_000_001)
  expect(JSON.parse(readFileSync(join(dir, 'trades.log'), 'utf8'))).toMatchObject({ msg: 'first' })
  expect(readFileSync(join(dir, 'finder.log'), 'utf8')).toMatch(/^a line\n.*"second"/)
})

test('a log that is not too large is gone on with', async () => {
  writeFileSync(join(dir, 'trades.log'), 'before\n')
  await open().close()
  const again = open()
  again.trades.info('after')
  await again.close()
  expect(files('trades')).toEqual([])
  expect(readFileSync(join(dir, 'trades.log'), 'utf8')).toMatch(/^before\n.*"after"/)
})
