/** docs/files.md names what there is to read. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CONTROL_KEY_FILE } from '../../src/control/control-key.ts'
import { SCHEMA } from '../../src/ledger/schema.ts'
import { CSV_HEADERS } from '../../src/telemetry/market-folder.ts'

const text = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8')

test('every table and view of the ledger is named', () => {
  const names = [...SCHEMA.matchAll(/CREATE (?:TABLE|VIEW) (\w+)/g)].map((match) => match[1])
  expect(names.length).toBeGreaterThan(7)
  for (const name of names) expect(text).toContain(`| \`${name}\``)
})

test.each(Object.entries(CSV_HEADERS))('%s is named with its columns', (name, header) => {
  expect(text).toContain(`\`${name}\``)
  expect(text).toContain(header)
})

test('the file of the key is named', () => {
  expect(text).toContain(`/${CONTROL_KEY_FILE}\``)
})
