import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * What another Node line could change: whatever touches sockets, files, threads, processes, cryptography and native modules, and the arithmetic. The pure
 * folders know none of these by law, and documents and the house have no runtime at all; they are tested whole on one line.
 */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      exclude: [
        'test/{book,docs,domain,engine,lab,risk,sim,strategies}/**',
        'test/{architecture,ci,recipes}.test.ts',
      ],
    },
  }),
)
