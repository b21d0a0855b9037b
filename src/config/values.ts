/** One raw value, from wherever it came, checked against its setting. */
import { UserError } from '../domain/user-error.ts'
import type { ConfigKey } from './keys.ts'
import { type Origin, originText } from './origin.ts'

/** A value as it was written, with the setting it is for: `params.<name>` for a parameter of the strategy. */
export type Written = {
  readonly path: string
  readonly raw: unknown
  readonly origin: Origin
}

/** The value in the shape the schema takes, or a sentence that names the setting, its range and the origin. */
export function checkedInput(key: ConfigKey, written: Written): unknown {
  const input =
    typeof written.raw === 'string' ? fromText(key, written.raw) : fromData(key, written.raw)
  const candidate = key.shape === 'params' ? { value: input } : input
  if (!key.schema.safeParse(candidate).success) {
    throw new UserError(
      'config',
      `${written.path} must be ${key.range}, got ${shown(written.raw)} (${originText(written.origin)})`,
    )
  }
  return input
}

/** Flags and environment variables are text whatever they mean. */
function fromText(key: ConfigKey, text: string): unknown {
  const trimmed = text.trim()
  switch (key.shape) {
    case 'text':
      return word(key, trimmed)
    case 'number':
      return numberOr(trimmed, trimmed)
    case 'boolean':
      return { true: true, false: false, 1: true, 0: false }[trimmed] ?? trimmed
    case 'list':
      return trimmed
        .split(',')
        .map((item) => item.trim().toLowerCase())
        .filter((item) => item !== '')
    case 'params':
      if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
      return numberOr(trimmed, trimmed)
  }
}

/** What a YAML file or a flag with a type of its own holds. */
function fromData(key: ConfigKey, data: unknown): unknown {
  if (key.decimal && typeof data === 'number') return String(data)
  return data
}

/** Choices are known by any case and by their aliases: other programs write INFO and CRITICAL. */
function word(key: ConfigKey, text: string): string {
  if (!key.range.startsWith('one of ')) return text
  const lower = text.toLowerCase()
  return key.aliases[lower] ?? lower
}

function numberOr<Other>(text: string, other: Other): number | Other {
  return /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : other
}

/** A value in a refusal. */
export function shown(raw: unknown): string {
  if (raw === undefined || raw === null) return 'nothing'
  // A key in the wrong place must not travel on into a terminal's history or a log.
  // YAML reads one without quotes as a huge number, whose digits are the key's.
  if (typeof raw === 'number' && raw > 1e40) return 'a number far too large'
  const text = JSON.stringify(raw).replace(/(0x)?[0-9a-f]{64,}/gi, '[hidden]')
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
