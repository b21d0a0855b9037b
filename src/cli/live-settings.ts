/** Settings of the running bot as they change: what a person asks for, checked, and the engine's settings that come of it. */
import { changedConfig, changesOf } from '../config/change.ts'
import type { Config } from '../config/schema.ts'
import type { Change } from '../domain/change.ts'
import type { MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { EngineSettings } from '../engine/settings.ts'
import type { Mode } from '../runtime/modes.ts'
import { bindStrategy, engineSettings } from './bot-setup.ts'
import { settingsText } from './origin.ts'
import { limitsTooLoose, safeguardOff } from './safeguards.ts'

export type LiveSettings = {
  /** The same values give the same settings each time. */
  readonly changed: NonNullable<EngineSettings['changed']>
  /** What would change; refuses what does not fit. */
  plan(asked: ReadonlyMap<string, string>, inForce: readonly Change[]): Change[]
}

/** `bankroll`: what a live bot could lose when it started; null where nobody asks. */
export function liveSettings(
  config: Config,
  mode: Mode,
  once: boolean,
  bankroll: MicroUsdc | null = null,
): LiveSettings {
  function refusalOf(next: Config): string | null {
    if (mode !== 'live') return null
    return safeguardOff(next) ?? (bankroll === null ? null : limitsTooLoose(next, bankroll))
  }

  function changed(values: ReadonlyMap<string, string>) {
    const next = changedConfig(config, values)
    const { strategy, limits, sizing, gates, staleAfterMs } = engineSettings(
      next,
      bindStrategy(next),
      once,
    )
    return {
      parts: { strategy, limits, sizing, gates, staleAfterMs },
      text: settingsText(next, mode),
    }
  }
  return {
    changed,
    plan(asked, inForce) {
      const changes = changesOf(config, inForce, asked)
      // Some things only show when the strategy and the gates are put together.
      const values = [...inForce, ...changes].map(({ key, to }) => [key, to] as const)
      changed(new Map(values))
      const refusal = refusalOf(changedConfig(config, new Map(values)))
      if (refusal !== null) throw new UserError('config', refusal)
      return changes
    },
  }
}
