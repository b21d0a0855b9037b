/** A frame of a market-channel client, read generously: the venue ignores what it does not know. */
export type Subscription = {
  readonly operation: 'subscribe' | 'unsubscribe'
  readonly tokens: readonly string[]
  /** Null when the frame does not say. */
  readonly custom: boolean | null
  readonly dump: boolean
}

export function parseSubscription(text: string): Subscription | null {
  const frame = parseObject(text)
  if (frame === null) return null
  const {
    assets_ids: tokens,
    type,
    operation,
    custom_feature_enabled: custom,
    initial_dump: dump,
  } = frame
  const first = typeof type === 'string' && type.toLowerCase() === 'market'
  if (
    operation !== 'subscribe' &&
    operation !== 'unsubscribe' &&
    !(operation === undefined && first)
  )
    return null
  return {
    operation: operation === 'unsubscribe' ? 'unsubscribe' : 'subscribe',
    tokens: Array.isArray(tokens) ? tokens.filter((token) => typeof token === 'string') : [],
    custom: typeof custom === 'boolean' ? custom : null,
    dump: dump !== false,
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    // Not JSON: nothing to do with it.
    return null
  }
}
