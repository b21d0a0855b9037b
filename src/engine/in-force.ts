/**
 * The settings in force: one object for the whole engine, whose changeable parts are those of now. Whoever decides by a setting reads it when it decides,
 * and keeps no copy.
 */
import type { Change } from '../domain/change.ts'
import { invariant } from '../domain/invariant.ts'
import type { EngineSettings } from './settings.ts'

export type InForce = {
  readonly settings: EngineSettings
  /** What is not as it was at the start, by its name. */
  changes(): ReadonlyMap<string, Change>
  /** Returns all settings as one text. */
  change(next: readonly Change[]): string
}

export function createInForce(initial: EngineSettings): InForce {
  const settings = { ...initial }
  let changes: ReadonlyMap<string, Change> = new Map()
  return {
    settings,
    changes: () => changes,
    change(next) {
      const all = new Map(changes)
      for (const { key, from, to } of next) {
        const first = all.get(key)?.from ?? from
        if (first === to) all.delete(key)
        else all.set(key, { key, from: first, to })
      }
      invariant(initial.changed !== undefined, 'the settings of this engine do not change')
      // Always from the start on, so that the order in which they came says nothing.
      const { parts, text } = initial.changed(new Map([...all].map(([key, { to }]) => [key, to])))
      Object.assign(settings, parts)
      changes = all
      return text
    },
  }
}
