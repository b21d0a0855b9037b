/** Reads for many tokens in one request. */
import { type Handler, ok, refusal } from './http.ts'
import type { VenueMarket } from './market.ts'
import type { World } from './world.ts'

const BATCH_MAX = 500

export type BatchRow = { readonly token: string; readonly side: 'BUY' | 'SELL' | null }

/** One result for each known token, as a list; the unknown are left out. */
export function batchHandler(
  world: World,
  render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
  isWrong: (row: BatchRow) => string | null = () => null,
): Handler {
  return (ask) => {
    const rows = batchRows(ask.body)
    if (rows === null) return refusal(400, 'Invalid payload')
    if (rows.length > BATCH_MAX) return refusal(400, 'Payload exceeds the limit')
    const wrong = rows.map(isWrong).find((words) => words !== null)
    if (wrong !== undefined) return refusal(400, wrong as string)
    const results: unknown[] = []
    for (const row of rows) {
      const market = tradedMarket(world, row.token)
      if (market !== null) results.push(render(market, row.token, row))
    }
    return ok(results)
  }
}

/** The same as an object by token; a token asked for both sides gets both. */
export function mergedHandler(
  world: World,
  render: (market: VenueMarket, token: string, row: BatchRow) => unknown,
  isWrong?: (row: BatchRow) => string | null,
): Handler {
  const list = batchHandler(
    world,
    (market, token, row) => ({ token, value: render(market, token, row) }),
    isWrong,
  )
  return async (ask) => {
    const reply = await list(ask)
    if (reply === 'reset' || reply.status !== 200) return reply
    const results: Record<string, unknown> = {}
    for (const { token, value } of reply.body as { token: string; value: unknown }[]) {
      const before = results[token]
      results[token] = isObject(before) && isObject(value) ? { ...before, ...value } : value
    }
    return ok(results)
  }
}

function batchRows(body: string): BatchRow[] | null {
  const rows = parseJson(body)
  if (!Array.isArray(rows)) return null
  const read: BatchRow[] = []
  for (const row of rows) {
    if (!isObject(row)) return null
    const { token_id: token, side } = row
    if (typeof token !== 'string') return null
    read.push({ token, side: sideNamed(side) })
  }
  return read
}

export function sideNamed(side: unknown): BatchRow['side'] {
  const name = String(side).toUpperCase()
  return name === 'BUY' || name === 'SELL' ? name : null
}

/** A resolved market has no book any more. */
export function tradedMarket(world: World, token: string): VenueMarket | null {
  const market = world.byToken(token)
  return market === null || market.result !== null ? null : market
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says what is wrong with it.
    return null
  }
}
