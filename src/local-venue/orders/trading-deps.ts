/** What the routes for orders work with. */
import type { Bugs } from '../bugs.ts'
import type { Allowances } from '../chain/allowances.ts'
import type { Faults } from '../faults.ts'
import type { Answer, Ask } from '../http.ts'
import type { World } from '../world.ts'
import type { Desk } from './desk.ts'
import type { Holders } from './holders.ts'
import type { IntakeDeps } from './intake.ts'
import type { KeyOwner, Keys } from './keys.ts'
import type { PlacedOrder } from './records.ts'

export type OrderRoutesDeps = {
  readonly world: World
  readonly desk: Desk
  readonly keys: Keys
  readonly intake: IntakeDeps
  readonly holders: Holders
  readonly allowances: Allowances
  readonly faults: Faults
  readonly bugs: Bugs
  nowMs(): number
  later(afterMs: number, action: () => void): void
}

/** A request that carried the signature of a key. */
export type OwnedHandler = (owner: KeyOwner, ask: Ask, body: unknown) => Answer | Promise<Answer>

export function isOf(deps: OrderRoutesDeps, placed: PlacedOrder, owner: KeyOwner): boolean {
  return deps.holders.accountsOf(owner).includes(placed.record.order.account)
}
