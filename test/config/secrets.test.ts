/** One secret by value: who wins, and that an empty one is none. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secretValue } from '../../src/config/secrets.ts'

const NAME = 'DASHBOARD_API_KEY'

test.each([
  [{ [NAME]: 'from outside' }, `${NAME}=from the file`, 'from outside'],
  [{ [NAME]: ' spaced ' }, null, 'spaced'],
  [{ [NAME]: '' }, `${NAME}="from the file"`, 'from the file'],
  [{}, `OTHER=1\n${NAME}=from the file\n`, 'from the file'],
  [{ [NAME]: '  ' }, `${NAME}=`, null],
  [{ OTHER: 'x' }, null, null],
])('%j and the file %j give %j', (env, file, value) => {
  const cwd = mkdtempSync(join(tmpdir(), 'secret-'))
  if (file !== null) writeFileSync(join(cwd, '.env'), file)
  expect(secretValue(NAME, { env, cwd })).toBe(value)
})
