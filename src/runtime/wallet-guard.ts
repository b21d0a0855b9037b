/**
 * Stands between the bot and its orders while the lock of the wallet is ours. When somebody else holds it, the bot is paused at once, and an order
 * that was decided all the same does not leave. What was lost once is not asked for again: only a new start takes the lock.
 */
import type { EventSink, Gateway, Log } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import type { WalletLock } from '../ledger/wallet-lock.ts'

const CHECK_EVERY_MS = 1_000

export type WalletGuardDeps = {
  readonly gateway: Gateway
  readonly lock: Pick<WalletLock, 'holds' | 'token'>
  readonly emit: EventSink
  readonly now: () => Micros
  readonly log: Log
}

export function guardWallet({ gateway, lock, emit, now, log }: WalletGuardDeps): Gateway {
  let lost = false
  const timer = setInterval(check, CHECK_EVERY_MS)

  /** True while orders may leave. */
  function check(): boolean {
    if (!lost && lock.holds()) return true
    if (!lost)
      log.error(
        'another lastsecond has taken over this wallet, so this one is paused and sends nothing; stop one of them and start again',
        { token: lock.token },
      )
    lost = true
    clearInterval(timer)
    pause()
    return false
  }

  function pause(): void {
    emit({ kind: 'operator', action: 'pause', recvAt: now(), venueAt: null })
  }

  return {
    ...gateway,
    arm(command) {
      if (check()) gateway.arm(command)
    },
    submit(command) {
      // From memory alone: nothing is read from the disk on the way of a shot.
      if (!lost) return gateway.submit(command)
      pause()
      emit({
        kind: 'order_outcome',
        orderId: command.order.id,
        venueId: null,
        outcome: { state: 'rejected', reason: 'another process holds the lock of this wallet' },
        recvAt: now(),
        venueAt: null,
      })
    },
    cancelMarket(command) {
      if (check()) return gateway.cancelMarket(command)
      // What else rests in this market may be the other one's.
      for (const order of command.orders) gateway.cancel({ kind: 'cancel', order })
    },
    async close() {
      clearInterval(timer)
      await gateway.close()
    },
  }
}
