/** Taking orders back: by name, by market, all of them, and when the heartbeats of their owner end. */
import { ok, type Reply } from '../http.ts'
import { hexId } from '../identity.ts'
import { tokenOf } from './desk.ts'
import type { KeyOwner } from './keys.ts'
import type { PlacedOrder } from './records.ts'
import { isOf, type OrderRoutesDeps, type OwnedHandler } from './trading-deps.ts'

const HEARTBEAT_MS = 10_000

export function liveIds(
  deps: OrderRoutesDeps,
  owner: KeyOwner,
  meant: (placed: PlacedOrder) => boolean,
): string[] {
  return deps.holders
    .accountsOf(owner)
    .flatMap((account) => deps.desk.ordersOf(account))
    .filter((placed) => placed.record.state === 'LIVE' && meant(placed))
    .map(({ record }) => record.order.id)
}

export function cancelled(deps: OrderRoutesDeps, owner: KeyOwner, ids: readonly string[]): Reply {
  const canceled: string[] = []
  const notCanceled = new Map<string, string>()
  for (const id of ids) {
    const placed = deps.desk.order(id)
    if (placed !== undefined && isOf(deps, placed, owner) && deps.desk.cancel(id)) canceled.push(id)
    else
      notCanceled.set(
        id,
        placed === undefined ? "order can't be found" : 'already canceled or matched',
      )
  }
  return ok({ canceled, not_canceled: Object.fromEntries(notCanceled) })
}

/** Everything in a market, of a token, or all; null when it is not clear which is meant. */
export function meantBy(body: unknown): ((placed: PlacedOrder) => boolean) | null {
  if (typeof body !== 'object' || Array.isArray(body)) return null
  const { market = '', asset_id: asset = '' } = (body ?? {}) as Record<string, unknown>
  if (typeof market !== 'string' || typeof asset !== 'string') return null
  return (placed) =>
    (market === '' || placed.market.conditionId === market.toLowerCase()) &&
    (asset === '' || tokenOf(placed.market, placed.record.order.token) === asset)
}

/** Who began to send heartbeats and stops loses all resting orders. */
export function heartbeats(deps: OrderRoutesDeps): OwnedHandler {
  const latest = new Map<string, { readonly id: string; readonly atMs: number }>()
  return (owner, _ask, body) => {
    if (deps.faults.strikes('heartbeat-deaf')) return 'reset'
    const given = (body as { heartbeat_id?: unknown } | null)?.heartbeat_id ?? ''
    const known = latest.get(owner.address)
    const expected = known?.id ?? ''
    if (given !== expected) {
      return { status: 400, body: { error_msg: 'Invalid Heartbeat ID', heartbeat_id: expected } }
    }
    const atMs = deps.nowMs()
    const id = hexId(owner.address, 'heartbeat', Math.floor(atMs), known?.id ?? '').slice(2, 34)
    latest.set(owner.address, { id, atMs })
    deps.later(HEARTBEAT_MS, () => {
      if (latest.get(owner.address)?.id !== id) return
      latest.delete(owner.address)
      for (const order of liveIds(deps, owner, () => true)) deps.desk.cancel(order)
    })
    return ok({ heartbeat_id: id })
  }
}
