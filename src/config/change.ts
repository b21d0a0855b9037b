/**
 * Settings that a person changes while the bot runs: which ones may be, and the configuration that comes of it. What does not fit is refused in the words
 * in which the configuration refuses it, and nothing has changed then.
 */
import type { Change } from '../domain/change.ts'
import { UserError } from '../domain/user-error.ts'
import { type ConfigKey, configKey, showValue } from './keys.ts'
import type { Origin } from './origin.ts'
import { checkParams, initialParam } from './params.ts'
import { crossCheck } from './rules.ts'
import type { Config } from './schema.ts'
import { checkedInput } from './values.ts'
import { unknownKey } from './yaml-file.ts'

const LIVE_SECTIONS: readonly string[] = ['params', 'limits', 'sizing', 'gates']
/** The clock of the days is set once. */
const FIXED: readonly string[] = ['limits.dayStarts', 'limits.dayZone']
const SAID: Origin = { kind: 'said' }

type Values = ReadonlyMap<string, string>

/** What would change, as the configuration writes it; what already is so, does not. */
export function changesOf(config: Config, inForce: readonly Change[], asked: Values): Change[] {
  const values = new Map(inForce.map(({ key, to }) => [key, to]))
  const before = changedConfig(config, values)
  const after = changedConfig(config, new Map([...values, ...asked]))
  return [...asked.keys()]
    .map((key) => ({ key, from: shownSetting(before, key), to: shownSetting(after, key) }))
    .filter(({ from, to }) => from !== to)
}

/** The same configuration with other values; every value is text, as the environment has it. */
export function changedConfig(config: Config, values: Values): Config {
  const changed: Record<string, unknown> = { ...config }
  for (const [path, raw] of values) {
    const key = liveKey(path)
    const input = checkedInput(key, { path, raw, origin: SAID })
    const [section = '', name = ''] = partsOf(path)
    const value = key.shape === 'params' ? input : key.schema.parse(input)
    changed[section] = { ...(changed[section] as object), [name]: value }
  }
  const result = changed as unknown as Config
  crossCheck(result)
  checkParams(result, new Map([...values.keys()].map((path) => [path, SAID])))
  return result
}

/** A setting as a person writes it. */
export function shownSetting(config: Config, path: string): string {
  const [section = '', name = ''] = partsOf(path)
  if (section === 'params') return String(config.params[name] ?? initialParam(config, name))
  const values = config[section as keyof Config] as Readonly<Record<string, unknown>>
  return showValue(configKey(path) as ConfigKey, values[name])
}

function liveKey(path: string): ConfigKey {
  const [section = ''] = partsOf(path)
  const key = path.startsWith('params.') ? configKey('params') : configKey(path)
  if (key === undefined || path === 'params') throw unknownKey(path, '')
  if (LIVE_SECTIONS.includes(section) && !FIXED.includes(path)) return key
  throw new UserError(
    'config',
    `${path} needs a restart; while the bot runs, settings of ${LIVE_SECTIONS.join(', ')} can be changed, but not ${FIXED.join(' and ')}`,
  )
}

function partsOf(path: string): readonly string[] {
  const dot = path.indexOf('.')
  return dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)]
}
