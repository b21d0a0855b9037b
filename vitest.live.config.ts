import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Live trading on the embedded venue, minutes long: LIVE_WINDOWS, LIVE_KILLS and LIVE_SEED say how long and which. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/support/own-temp.ts'],
    // No lock of a test is a lock of the person who runs it.
    env: { LASTSECOND_HOME: join(tmpdir(), 'lastsecond-tests') },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})
