import { defineConfig } from 'vitest/config'

/** Live trading on the embedded venue, minutes long: LIVE_WINDOWS, LIVE_KILLS and LIVE_SEED say how long and which. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
