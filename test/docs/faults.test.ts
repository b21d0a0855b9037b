/** docs/embedded-venue.md names every fault there is, and no other. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FAULTS } from '../../src/local-venue/faults.ts'

test('the table of faults is complete', () => {
  const text = readFileSync(new URL('../../docs/embedded-venue.md', import.meta.url), 'utf8')
  const section = text.slice(text.indexOf('## Faults'), text.indexOf('## Pointing'))
  const named = [...section.matchAll(/^\| (`[^|]+)\|/gm)].flatMap((row) => [
    ...(row[1] ?? '').matchAll(/`([a-z0-9-]+)`/g),
  ])
  expect(named.map((name) => name[1]).sort()).toEqual(Object.keys(FAULTS).sort())
})
