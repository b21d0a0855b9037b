/** The list of strategies. Configuration, command line and documentation read it; a new strategy is one line here. */
import type { AnyStrategy } from '../domain/strategy.ts'
import { balancedArb } from './balanced-arb.ts'
import { distanceFade } from './distance-fade.ts'
import { fairValueEdge } from './fair-value-edge.ts'
import { lastSecond } from './last-second.ts'
import { lateFavourite } from './late-favourite.ts'
import { marketMaker } from './market-maker.ts'
import { momentum } from './momentum.ts'
import { noop } from './noop.ts'
import { settlementSniper } from './settlement-sniper.ts'

export const STRATEGIES: readonly AnyStrategy[] = [
  lastSecond,
  settlementSniper,
  distanceFade,
  momentum,
  fairValueEdge,
  marketMaker,
  balancedArb,
  lateFavourite,
  noop,
]
