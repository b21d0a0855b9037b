/** How a live bot comes to its whole orders. */
import { z } from 'zod'
import { KEY_META } from './key-meta.ts'

export const stakes = z.strictObject({
  ladder: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'A live bot begins with the smallest orders, gets its whole ones by proof, and goes back by itself; auto: on for polymarket, off for local',
    ),
  trialShares: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(5)
    .describe(
      'Shares of one side of a window that a bot on trial may buy in all, sold again or not; the venue takes no fewer than five',
    ),
  windows: z
    .int()
    .min(5)
    .max(10_000)
    .default(50)
    .describe(
      'Windows with orders that each step asks for and looks back on: of the dry run before the first real order, of the canary before whole ones',
    ),
  parity: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.9)
    .describe(
      'Share of shots, or of windows with several orders, that have to end at the venue as they did on paper, and of the winners that a dry run has to name right',
    ),
  proof: z
    .number()
    .min(0.000_001)
    .max(0.5)
    .default(0.05)
    .describe(
      'Whole orders come when we win more often than the prices ask for, and chance explains that no better than this',
    )
    .register(KEY_META, { range: 'a number, 0.000001 to 0.5' }),
})
