/** The list of strategies. Configuration, command line and documentation read it; a new strategy is one line here. */
import type { AnyStrategy } from '../domain/strategy.ts'
import { lastSecond } from './last-second.ts'

export const STRATEGIES: readonly AnyStrategy[] = [lastSecond]
