/** Tokens of which nothing is heard, and books that stay crossed: looked at a few times a second while any window is watched. */
import type { EngineCommand } from '../domain/commands.ts'
import type { EngineFact } from '../domain/facts.ts'
import { MICROS_PER_MS, type Micros, micros } from '../domain/units.ts'
import type { Books } from './books.ts'
import { ageMicros, type LastSecondTrader, type TokenTrack } from './last-second-trader.ts'
import type { EngineSettings } from './settings.ts'

/** The check runs this often while any window is watched. */
const STALE_TICK_MS = 100

export type Silence = {
  /** A window is watched from now on. */
  watch(recvAt: Micros): void
  /** It is time to look. */
  look(recvAt: Micros): void
}

export type SilenceDeps = {
  readonly traders: ReadonlyMap<unknown, LastSecondTrader>
  readonly checkCrossed: Books['checkCrossed']
  command(next: EngineCommand): void
  fact(next: EngineFact): void
}

export function createSilence(
  settings: Pick<EngineSettings, 'staleAfterMs'>,
  { traders, checkCrossed, command, fact }: SilenceDeps,
): Silence {
  let isArmed = false

  function watch(recvAt: Micros): void {
    if (isArmed) return
    isArmed = true
    const at = micros(recvAt + STALE_TICK_MS * MICROS_PER_MS)
    command({ kind: 'wake', purpose: 'stale', conditionId: null, at })
  }

  function tell({ market }: LastSecondTrader, track: TokenTrack, recvAt: Micros): void {
    const age = ageMicros(track, recvAt)
    const isStale = age !== null && age > settings.staleAfterMs * MICROS_PER_MS
    if (isStale && !track.toldStale) {
      const { conditionId } = market
      fact({ kind: 'stale', at: recvAt, conditionId, side: track.side, ageMicros: age })
    }
    track.toldStale = isStale
  }

  return {
    watch,
    look(recvAt) {
      isArmed = false
      let isWatching = false
      for (const trader of traders.values()) {
        if (!trader.watched) continue
        isWatching = true
        for (const track of [trader.up, trader.down]) {
          tell(trader, track, recvAt)
          checkCrossed(trader, track, recvAt)
        }
      }
      if (isWatching) watch(recvAt)
    },
  }
}
