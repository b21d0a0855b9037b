/** Each bench still runs and says what it always said. What it measures in a tiny run says nothing, and is not looked at. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PATIENCE_MS = 300_000

type Result = {
  readonly bench: string
  readonly unit: string
  readonly ours: Readonly<Record<string, number>>
  readonly rival: ({ readonly name: string } & Readonly<Record<string, unknown>>) | null
  readonly ratio: Readonly<Record<string, number>> | null
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** What stands in front of each bench's own result, and how many rows it has at least. */
const BENCHES: Readonly<Record<string, { ours: string; hasRival: boolean; rows: number }>> = {
  decide: { ours: 'p50', hasRival: true, rows: 1 },
  fire: { ours: 'p50', hasRival: true, rows: 6 },
  ingest: { ours: 'perSecond', hasRival: true, rows: 3 },
  memory: { ours: 'p50', hasRival: false, rows: 1 },
  start: { ours: 'p50', hasRival: false, rows: 1 },
  venue: { ours: 'perSecond', hasRival: false, rows: 4 },
  wire: { ours: 'p50', hasRival: true, rows: 4 },
}

const found = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))

test('none is left out here', () => {
  expect(Object.keys(BENCHES).sort()).toEqual(found.sort())
})

test.each(Object.entries(BENCHES))('%s', async (name, { ours, hasRival, rows }) => {
  const words = ['--expose-gc', join(root, 'bench/run.mjs'), name, '--tiny', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: root,
    timeout: PATIENCE_MS,
  })
  expect(stdout.trim().split('\n')).toHaveLength(1)
  const result = JSON.parse(stdout) as Result
  expect(Object.keys(result).sort()).toEqual(['bench', 'ours', 'ratio', 'rival', 'rows', 'unit'])
  expect(result).toMatchObject({ bench: name, unit: expect.any(String) as string })
  // A number that could not be reckoned is null in JSON.
  expect(Object.values(result.ours).every(Number.isFinite)).toBe(true)
  expect(result.ours[ours]).toBeGreaterThan(0)
  expect(result.rows.length).toBeGreaterThanOrEqual(rows)
  for (const row of result.rows) expect(row).toMatchObject({ row: expect.any(String) as string })
  expect([result.rival !== null, result.ratio !== null]).toEqual([hasRival, hasRival])
  if (hasRival) expect(result.ratio?.['p50']).toBeGreaterThan(0)
})
