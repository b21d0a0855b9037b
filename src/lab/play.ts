/** Plays the windows of one asset to a rule that is asked each second and to rules that shoot, all of them over the same events. */
import type { EngineEvent } from '../domain/events.ts'
import type { Settlement } from '../domain/facts.ts'
import type { Asset, Side } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { MICROS_PER_SECOND, micros } from '../domain/units.ts'
import type { GateSettings } from '../risk/gates/settings.ts'
import { type AssetWorld, createAssetWorld } from './asset-world.ts'
import type { CrowdKind } from './crowd-worth.ts'
import { createPaperExecution } from './execution.ts'
import type { Fault } from './faults.ts'
import { createPlayer, type Player } from './player.ts'
import { createAsked, type Opinions, type Rule, shooterOf } from './rules.ts'
import { labSettings } from './settings.ts'

export type Shooter = { readonly rule: Rule; readonly fireSec: number }

export type PlayOptions = {
  readonly seed: number
  readonly asset: Asset
  readonly windows: number
  readonly fault: Fault
  readonly crowd: CrowdKind
  /** Rules are compared bare, faults against the gates as they usually are. */
  readonly gates: GateSettings
  /** Every rule is asked at each whole second from the first to the last. */
  readonly ask: { readonly fromSec: number; readonly toSec: number } | null
  readonly shooters: readonly Shooter[]
}

export type Played = {
  /** One of each window, in the order in which they were settled. */
  readonly asked: readonly {
    readonly market: Market
    readonly winner: Side
    readonly opinions: ReadonlyMap<number, Opinions>
  }[]
  readonly shots: readonly {
    readonly shooter: Shooter
    readonly settlements: readonly Settlement[]
  }[]
}

const NOTHING_SAID: ReadonlyMap<number, Opinions> = new Map()

export function playAsset(options: PlayOptions): Played {
  const source = createAssetWorld(options)
  const asked: Played['asked'][number][] = []
  const listener = options.ask === null ? null : listenerOf(options, options.ask, source, asked)
  const shots = options.shooters.map((shooter) => {
    const settlements: Settlement[] = []
    const bound = shooterOf(shooter.rule, shooter.fireSec)
    const player = playerOf(options, source, bound, (one) => void settlements.push(one))
    return { shooter, settlements, player }
  })
  for (const event of source.events()) {
    listener?.(event)
    for (const { player, shooter } of shots) {
      // Nothing of the book's rule reads a price, and prices are most of what is heard.
      if (event.kind === 'price_tick' && shooter.rule === 'book') continue
      player.feed(event)
    }
  }
  return { asked, shots }
}

function playerOf(
  { seed, asset, gates }: PlayOptions,
  source: AssetWorld,
  strategy: BoundStrategy,
  onSettled: (settlement: Settlement) => void,
): Player {
  return createPlayer({
    settings: labSettings(asset, strategy, gates),
    source,
    execution: createPaperExecution(seed),
    onFact: (fact) => {
      if (fact.kind === 'settled') onSettled(fact.settlement)
    },
  })
}

function listenerOf(
  options: PlayOptions,
  ask: NonNullable<PlayOptions['ask']>,
  source: AssetWorld,
  asked: Played['asked'][number][],
): (event: EngineEvent) => void {
  const { strategy, opinions } = createAsked(ask.fromSec, ask.toSec)
  const player = playerOf(options, source, strategy, ({ market, winner }) => {
    const said = opinions.get(market.conditionId) ?? NOTHING_SAID
    opinions.delete(market.conditionId)
    asked.push({ market, winner: winner as Side, opinions: said })
  })
  return (event) => {
    if (event.kind === 'market_listed')
      for (const question of questions(event.market, ask, source.believedOffset))
        player.later(question)
    player.feed(event)
  }
}

/** A word that changes nothing makes the engine look at the window. */
function questions(
  market: Market,
  ask: NonNullable<PlayOptions['ask']>,
  offset: number,
): EngineEvent[] {
  const seconds = Array.from({ length: ask.fromSec - ask.toSec + 1 }, (_, at) => ask.fromSec - at)
  return seconds.map((left) => ({
    kind: 'top_of_book',
    token: market.up,
    bestBid: null,
    bestAsk: null,
    recvAt: micros(market.endAt - left * MICROS_PER_SECOND - offset),
    venueAt: null,
  }))
}
