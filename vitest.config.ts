import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**', 'test/live/**', 'node_modules/**'],
    // No lock of a test is a lock of the person who runs it.
    env: { LASTSECOND_HOME: join(tmpdir(), 'lastsecond-tests') },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
