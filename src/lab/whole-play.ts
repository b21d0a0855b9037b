/** Plays whole settings, as a dry run has them, over made windows from their beginning: what every order came to, and how every window ended. */
import type { Halt } from '../domain/account.ts'
import type { EngineFact, Settlement } from '../domain/facts.ts'
import { ASSETS, type Asset, type OrderId, type Side } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Order, SubmitOutcome } from '../domain/order.ts'
import { MICROS_PER_MS } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { EngineSettings } from '../engine/settings.ts'
import type { PaperSettings } from '../sim/paper/exchange.ts'
import { createAssetWorld } from './asset-world.ts'
import type { CrowdKind } from './crowd-worth.ts'
import { createPaperExecution } from './execution.ts'
import { NO_FAULT } from './faults.ts'
import { merged } from './merged.ts'
import { createPlayer } from './player.ts'
import { LAB_LENGTHS, type Length } from './windows.ts'

export type WholeOptions = {
  readonly settings: EngineSettings
  readonly paper: PaperSettings
  readonly seed: number
  /** Of all series together, shared evenly between them. */
  readonly windows: number
  readonly crowd: CrowdKind
  /** A person ends each halt at once; else the first one is the end of the trading. */
  readonly resume: boolean
}

export type Traded = {
  readonly order: Order
  readonly market: Market
  readonly outcome: SubmitOutcome | null
  readonly winner: Side
}

export type WholePlay = {
  readonly settlements: readonly Settlement[]
  /** In the order in which their windows were settled. */
  readonly traded: readonly Traded[]
  /** And after how many windows. */
  readonly halts: readonly (Halt & { readonly windows: number })[]
}

/** Beyond what the strategy listens to, for the warm-up. */
const EARLIER_SEC = 15

export function playWhole(options: WholeOptions): WholePlay {
  const { settings, paper, seed, windows, crowd, resume } = options
  const series = labSeries(settings)
  const bookFromSec = settings.strategy.listenFromSec + settings.warmUpSec + EARLIER_SEC
  const each = Math.ceil(windows / series.length)
  const source = merged(
    ASSETS.flatMap((asset) => {
      const lengths = series.filter((one) => one.asset === asset).map(({ length }) => length)
      if (lengths.length === 0) return []
      const detail = { lengths, bookFromSec }
      return [
        createAssetWorld({
          seed,
          asset,
          windows: countOf(lengths, each),
          fault: NO_FAULT,
          crowd,
          detail,
        }),
      ]
    }),
  )
  const heard = createHeard(windows)
  const player = createPlayer({
    settings,
    source,
    execution: {
      ...createPaperExecution(seed),
      paper,
      holdMicros: (market) => (market.takerHold === false ? 0 : settings.holdMs * MICROS_PER_MS),
    },
    onFact(fact) {
      heard.onFact(fact)
      if (resume && fact.kind === 'halted')
        player.later({ kind: 'operator', action: 'resume', recvAt: fact.at, venueAt: null })
    },
  })
  for (const event of source.events()) {
    if (heard.isFull()) break
    player.feed(event)
  }
  return heard.result()
}

/** Those that the laboratory can make. */
function labSeries({ series }: EngineSettings): readonly { asset: Asset; length: Length }[] {
  const known = series.flatMap(({ asset, interval }) => {
    const length = LAB_LENGTHS.find((one) => one === interval)
    return length === undefined ? [] : [{ asset, length }]
  })
  if (known.length > 0) return known
  throw new UserError('usage', `the laboratory makes windows of ${LAB_LENGTHS.join(' and ')} only`)
}

/** There are three windows of five minutes to one of fifteen. */
function countOf(lengths: readonly Length[], each: number): number {
  return lengths.length === 1 ? each : each * 2 + 2
}

function createHeard(windows: number) {
  const settlements: Settlement[] = []
  const traded: Traded[] = []
  const open = new Map<OrderId, Omit<Traded, 'winner'>>()
  const halts: (Halt & { windows: number })[] = []
  return {
    isFull: () => settlements.length >= windows,
    result: (): WholePlay => ({ settlements, traded, halts }),
    onFact(fact: EngineFact): void {
      if (fact.kind === 'submitted') {
        const { order, market } = fact
        open.set(order.id, { order, market, outcome: null })
      } else if (fact.kind === 'outcome') {
        const { order, market, outcome } = fact
        open.set(order.id, { order, market, outcome })
      } else if (fact.kind === 'halted') halts.push({ ...fact.halt, windows: settlements.length })
      else if (fact.kind === 'settled' && settlements.length < windows) {
        const { settlement } = fact
        settlements.push(settlement)
        for (const [id, one] of open) {
          if (one.market.conditionId !== settlement.market.conditionId) continue
          open.delete(id)
          // Of a made world one side wins.
          traded.push({ ...one, winner: settlement.winner as Side })
        }
      }
    },
  }
}
