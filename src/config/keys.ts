/** The schema, flattened: one entry for each setting, in the order of the schema. */
import { z } from 'zod'
import { formatMicro, type MicroUsdc } from '../domain/units.ts'
import { KEY_META } from './key-meta.ts'
import { ConfigSchema } from './schema.ts'

/** One setting, as everything outside the schema sees it. */
export type ConfigKey = {
  readonly path: string
  readonly schema: z.ZodType
  readonly env: readonly string[]
  readonly flag: string | null
  readonly meaning: string
  readonly range: string
  readonly shape: 'text' | 'number' | 'boolean' | 'list' | 'params'
  readonly decimal: boolean
  readonly initial: unknown
  readonly aliases: Readonly<Record<string, string>>
}

type JsonLeaf = {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly const?: string
  readonly enum?: readonly string[]
  readonly items?: JsonLeaf
  readonly anyOf?: readonly JsonLeaf[]
}

function leafKey(path: string, schema: z.ZodType): ConfigKey {
  const json = z.toJSONSchema(schema, { io: 'input' }) as JsonLeaf
  const meta = KEY_META.get(schema) ?? {}
  return {
    path,
    schema,
    env: meta.env ?? [],
    flag: meta.flag ?? null,
    meaning: json.description ?? '',
    range: meta.range ?? rangeOf(json),
    shape: shapeOf(json),
    decimal: meta.decimal ?? false,
    initial: json.default,
    aliases: meta.aliases ?? {},
  }
}

function rangeOf(json: JsonLeaf): string {
  if (json.anyOf !== undefined) return json.anyOf.map(rangeOf).join(' or ')
  if (json.const !== undefined) return json.const
  if (json.enum !== undefined) return `one of ${json.enum.join(', ')}`
  if (json.items?.enum !== undefined)
    return `a list of different ones of ${json.items.enum.join(', ')}`
  if (json.type === 'boolean') return 'true or false'
  if (json.type === 'number' && json.maximum !== undefined)
    return `a number, ${json.minimum} to ${json.maximum}`
  if (json.type === 'integer') return `a whole number, ${json.minimum} to ${json.maximum}`
  throw new Error(`a setting has no range in words: ${JSON.stringify(json)}`)
}

function shapeOf(json: JsonLeaf): ConfigKey['shape'] {
  const types = (json.anyOf ?? [json]).map((one) => one.type)
  if (types.includes('integer') || types.includes('number')) return 'number'
  if (types.includes('boolean')) return 'boolean'
  if (types.includes('array')) return 'list'
  return types.includes('object') ? 'params' : 'text'
}

function keysOf(schema: z.ZodObject, prefix: string): ConfigKey[] {
  return Object.entries(schema.shape).flatMap(([name, field]) =>
    field instanceof z.ZodObject
      ? keysOf(field, `${prefix}${name}.`)
      : [leafKey(`${prefix}${name}`, field as z.ZodType)],
  )
}

export const CONFIG_KEYS: readonly ConfigKey[] = keysOf(ConfigSchema, '')

export function configKey(path: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((key) => key.path === path)
}

/** A checked value as a person writes it. */
export function showValue(key: ConfigKey, value: unknown): string {
  if (key.decimal && typeof value === 'number') return formatMicro(value as MicroUsdc)
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
