/** What stands around live orders: the lock of the wallet, and the watchdog that withdraws what rests when the bot dies. */
import { join, resolve } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Gateway, Log } from '../domain/ports.ts'
import { takeWalletLock, type WalletLock } from '../ledger/wallet-lock.ts'
import type { GatewayContext } from '../runtime/modes.ts'
import { guardWallet } from '../runtime/wallet-guard.ts'
import type { PolymarketAccount } from '../venues/polymarket/account.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { createSigner, type SigningWallet } from '../venues/polymarket/signer.ts'
import { USER_AGENT } from './bot-setup.ts'
import { startWatchdog } from './watchdog-child.ts'

export type Guarded = {
  readonly config: Config
  readonly endpoints: Endpoints
  readonly wallet: SigningWallet
  readonly folder: string
  readonly log: Log
}

export type Guards = {
  /** The same account, watched for whether its orders were withdrawn at the end. */
  readonly account: PolymarketAccount
  guard(gateway: Gateway, context: GatewayContext): Gateway
  close(): Promise<void>
}

/** Whose money it is decides, not whose key: one wallet may have several. */
export function lockWallet({ endpoints, wallet, folder }: Guarded): WalletLock {
  const { maker } = createSigner(wallet)
  return takeWalletLock({ address: maker, venue: endpoints.clob, folder: resolve(folder) })
}

export async function openGuards(
  args: Guarded & { readonly account: PolymarketAccount; readonly lock: WalletLock },
): Promise<Guards> {
  const { config, endpoints, wallet, account, lock, log } = args
  const watchdog = await startWatchdog(
    {
      clob: endpoints.clob,
      userAgent: USER_AGENT,
      signer: { address: createSigner(wallet).address, ...account.credentials },
      logFile: resolve(join(config.log.dir, 'trades.log')),
      base: { venue: config.venue, mode: 'live' },
    },
    log,
  )
  /** Orders can have left, and nobody has withdrawn any since. */
  let mayRest = false
  return {
    account: {
      ...account,
      async cancelAll() {
        await account.cancelAll()
        mayRest = false
      },
    },
    guard(gateway, { emit, now }) {
      mayRest = true
      const watched: Gateway = {
        ...gateway,
        submit(command) {
          mayRest = true
          gateway.submit(command)
        },
      }
      return guardWallet({ gateway: watched, lock, emit, now, log })
    },
    async close() {
      if (mayRest) watchdog.release()
      else await watchdog.dismiss()
      lock.release()
    },
  }
}
