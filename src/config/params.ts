/** Parameters of a strategy as settings: their names, ranges and defaults, what holds of each, and the refusal of what does not fit. */
import { z } from 'zod'
import type { AnyStrategy } from '../domain/strategy.ts'
import { UserError } from '../domain/user-error.ts'
import { STRATEGIES } from '../strategies/registry.ts'
import { didYouMean } from './nearest.ts'
import { type Origin, originText } from './origin.ts'
import type { Config } from './schema.ts'
import { shown } from './values.ts'

export type Param = {
  readonly name: string
  /** The default, as a person writes it. */
  readonly initial: string
  readonly range: string
  readonly meaning: string
  readonly isNumber: boolean
}

type Property = {
  readonly default?: unknown
  readonly type?: string
  readonly anyOf?: readonly { readonly type?: string; readonly const?: unknown }[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
  /** What the schema's own words cannot say, put there by the strategy. */
  readonly range?: string
}

type Chosen = Pick<Config, 'strategy' | 'params' | 'discovery'>
type Origins = ReadonlyMap<string, Origin>

/** The start buffer is a setting of the bot; a strategy that has its own idea of it has a parameter of this name. */
const START_BUFFER_PARAM = 'listenFromSec'
const START_BUFFER = 'discovery.startBufferSec'

function strategyNamed(name: string): AnyStrategy | null {
  return STRATEGIES.find((one) => one.name === name) ?? null
}

/** Several names are several strategies as one, in the order of their names; null where one of them is not known, or is named twice. */
export function strategiesNamed(names: string): readonly [AnyStrategy, ...AnyStrategy[]] | null {
  const list = strategyNames(names).map(strategyNamed)
  const known = list.filter((one) => one !== null)
  const [first, ...rest] = known
  if (first === undefined || known.length < list.length) return null
  return new Set(known).size < known.length ? null : [first, ...rest]
}

/** As they were written, one by one; other systems write them with underscores. */
export function strategyNames(names: string): readonly string[] {
  return names.split(',').map((name) => name.trim().replaceAll('_', '-'))
}

const paramsKnown = new WeakMap<AnyStrategy, readonly Param[]>()

/** Worked out once of each: the trading thread asks, too, when a person changes settings. */
export function paramsOf(strategy: AnyStrategy): readonly Param[] {
  const params = paramsKnown.get(strategy) ?? readParams(strategy)
  paramsKnown.set(strategy, params)
  return params
}

function readParams({ params }: AnyStrategy): readonly Param[] {
  const properties = (z.toJSONSchema(params, { io: 'input' }).properties ?? {}) as Readonly<
    Record<string, Property>
  >
  return Object.entries(properties).map(([name, property]) => ({
    name,
    initial: property.default === undefined ? '' : String(property.default),
    range: rangeOf(property),
    meaning: property.description ?? '',
    isNumber: takesNumber(property),
  }))
}

/** A number, or a number or one of some words. Prices and sizes take numbers too, but are kept as the text they are. */
function takesNumber({ type, anyOf = [] }: Property): boolean {
  const isWord = anyOf.every((one) => one.type !== 'string' || one.const !== undefined)
  return (
    [type, ...anyOf.map((one) => one.type)].some((one) => one === 'number' || one === 'integer') &&
    isWord
  )
}

function rangeOf({ range, enum: words, minimum, maximum, type }: Property): string {
  if (range !== undefined) return range
  if (words !== undefined)
    return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`
  if (type === 'boolean') return 'true or false'
  const noun = type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : 'a word'
  return minimum === undefined ? noun : `${noun}, ${minimum} to ${maximum}`
}

/**
 * What the strategy is bound with: what was set, and the start buffer where it has that parameter and nothing was set. One of several takes what it
 * has and leaves the rest to the others.
 */
export function givenParams(strategy: AnyStrategy, { strategy: names, params, discovery }: Chosen) {
  const known = new Set(paramsOf(strategy).map(({ name }) => name))
  const isAlone = strategyNames(names).length === 1
  const own = Object.entries(params).filter(([name]) => isAlone || known.has(name))
  const buffer = known.has(START_BUFFER_PARAM)
    ? { [START_BUFFER_PARAM]: discovery.startBufferSec }
    : {}
  return { ...buffer, ...Object.fromEntries(own) }
}

/** What holds of a parameter that was not set. */
export function initialParam({ strategy, discovery }: Chosen, name: string): string {
  if (name === START_BUFFER_PARAM) return String(discovery.startBufferSec)
  const all = (strategiesNamed(strategy) ?? []).flatMap(paramsOf)
  return all.find((one) => one.name === name)?.initial ?? ''
}

export type ParamInForce = {
  readonly name: string
  readonly value: string
  readonly origin: string
}

/** Every parameter with the value that holds and where it came from. */
export function paramsInForce(
  strategy: AnyStrategy,
  config: Chosen,
  origins: Origins,
): readonly ParamInForce[] {
  return paramsOf(strategy).map(({ name, initial }) => {
    const set = config.params[name]
    const origin = origins.get(`params.${name}`)
    if (set !== undefined && origin !== undefined)
      return { name, value: String(set), origin: originText(origin) }
    if (name !== START_BUFFER_PARAM)
      return { name, value: initial, origin: originText({ kind: 'default' }) }
    const buffer = originText(origins.get(START_BUFFER) ?? { kind: 'default' })
    const value = String(config.discovery.startBufferSec)
    return { name, value, origin: `as ${START_BUFFER}, ${buffer}` }
  })
}

/** Refuses what does not fit with the name, the range and the place; a strategy that is not known is another's business. */
export function checkParams(config: Chosen, origins: Origins): void {
  const strategies = strategiesNamed(config.strategy)
  if (strategies === null) return
  for (const strategy of strategies) checkOwn(strategy, config, origins)
  if (strategies.length === 1) return
  const known = strategies.flatMap((one) => paramsOf(one).map(({ name }) => name))
  const stray = Object.keys(config.params).find((name) => !known.includes(name))
  if (stray !== undefined) throw notAParameter(stray, [...new Set(known)], config, origins)
}

function checkOwn(strategy: AnyStrategy, config: Chosen, origins: Origins): void {
  const parsed = strategy.params.safeParse(givenParams(strategy, config))
  const [issue] = parsed.error?.issues ?? []
  if (issue === undefined) return
  const name = String(issue.code === 'unrecognized_keys' ? issue.keys[0] : (issue.path[0] ?? ''))
  const key = `params.${name}`
  const origin = origins.get(key)
  const place = origin === undefined ? '' : ` (${originText(origin)})`
  const known = paramsOf(strategy)
  const param = known.find((one) => one.name === name)
  if (param === undefined)
    throw notAParameter(
      name,
      known.map((one) => one.name),
      config,
      origins,
    )
  const got = shown(config.params[name])
  throw new UserError('config', `${key} must be ${param.range}, got ${got}${place}`)
}

function notAParameter(
  name: string,
  known: readonly string[],
  { strategy }: Chosen,
  origins: Origins,
): UserError {
  const key = `params.${name}`
  const origin = origins.get(key)
  const place = origin === undefined ? '' : ` (${originText(origin)})`
  const hint = didYouMean(name, known) || `; there are: ${known.join(', ')}`
  return new UserError('config', `${key} is not a parameter of ${strategy}${place}${hint}`)
}
