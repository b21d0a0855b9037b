/** What a watchdog is told, as one line through its pipe: never as an argument or a variable, which others can read. */
import { z } from 'zod'

export const watchdogTask = z.object({
  clob: z.string(),
  userAgent: z.string(),
  /** Of the API: they can withdraw orders, and sign none. */
  signer: z.object({
    address: z.string(),
    apiKey: z.string(),
    secret: z.string(),
    passphrase: z.string(),
  }),
  logFile: z.string(),
  base: z.record(z.string(), z.string()),
})

export type WatchdogTask = z.output<typeof watchdogTask>

/** Said by a bot that has withdrawn its orders itself. */
export const CLEAN = 'clean'
export const READY = 'ready'
