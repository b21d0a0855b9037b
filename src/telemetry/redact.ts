/** Takes secrets out of whatever is about to be written: by the name of the key, and by the value wherever it appears. */

const HIDDEN = '[hidden]'
/** Deeper than any object we log; a cycle ends here. */
const DEPTH_MAX = 12
const SECRET_KEY =
  /private.?key|secret|pass.?phrase|api.?key|signature|authorization|mnemonic|^poly_|password|cookie/i
/** Shorter values would blank out ordinary words. */
const SECRET_LENGTH_MIN = 8

export type Redactor = (value: unknown) => unknown

/** `secrets` are values that must never appear, in any place. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const values = secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN)

  function text(raw: string): string {
    let clean = raw
    for (const secret of values) clean = clean.replaceAll(secret, HIDDEN)
    // A key of 64 hex digits that follows its name, as in NAME=0x... or "name":"...".
    return clean.replace(
      /((?:private.?key|secret|pass.?phrase|api.?key)["']?\s*[:=]\s*["']?)[^\s"'&,;}]+/gi,
      `$1${HIDDEN}`,
    )
  }

  function walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object' || value === null) return value
    if (depth > DEPTH_MAX) return '[too deep]'
    if (ArrayBuffer.isView(value))
      return text(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
    if (value instanceof Error) return error(value, depth)
    if (value instanceof Map)
      return object(
        [...value.entries()].map(([key, one]) => [String(key), one]),
        depth,
      )
    if (value instanceof Set) return [...value].map((one) => walk(one, depth + 1))
    if (Array.isArray(value)) return value.map((one) => walk(one, depth + 1))
    if (value instanceof Date || value instanceof URL)
      return text(value instanceof URL ? value.href : value.toISOString())
    return object(Object.entries(value), depth)
  }

  function error(raised: Error, depth: number): unknown {
    const { name, message, stack, cause, ...rest } = raised
    const plain = { name, message: text(message), stack: text(stack ?? '') }
    const own = object(Object.entries(rest), depth) as object
    return cause === undefined
      ? { ...plain, ...own }
      : { ...plain, ...own, cause: walk(cause, depth + 1) }
  }

  function object(entries: readonly (readonly [string, unknown])[], depth: number): unknown {
    return Object.fromEntries(
      entries.map(([key, value]) => [
        text(key),
        SECRET_KEY.test(key) ? HIDDEN : walk(value, depth + 1),
      ]),
    )
  }

  return (value) => walk(value, 0)
}
