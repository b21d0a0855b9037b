/** Trades nothing. Everything else of the bot runs: windows, books, prices, settlement. */
import { z } from 'zod'
import { defineStrategy } from '../domain/strategy.ts'
import { listenFromSec } from './shared.ts'

const params = z.strictObject({ listenFromSec })

export const noop = defineStrategy<z.infer<typeof params>>({
  name: 'noop',
  summary: 'trades nothing; the bot watches, judges and settles all the same',
  params,
  listenFromSec: (chosen) => chosen.listenFromSec,
  span: () => ({ fromSec: 1, toSec: 0 }),
  decide: () => ({ intents: [], side: null, why: 'noop never trades', checks: [] }),
})
