import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**', 'test/live/**', 'node_modules/**'],
    globalSetup: ['test/support/own-temp.ts'],
    // No lock of a test is a lock of the person who runs it.
    env: { LASTSECOND_HOME: join(tmpdir(), 'lastsecond-tests') },
    // Most tests wait for a clock, not for a core.
    maxWorkers: 6,
    // Nothing is proven by these: they end what hangs. On a crowded machine a program alone may take ten seconds to start.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
