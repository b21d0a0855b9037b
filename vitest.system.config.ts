import { defineConfig } from 'vitest/config'

/** What needs programs beyond Node: a real pm2 daemon and the rest. A missing program fails, it does not skip. */
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    globalSetup: ['test/support/own-temp.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})
