/** Which key trades for which account: a wallet for itself, and for the contracts whose orders it has signed. */
import type { KeyOwner } from './keys.ts'

export type Holders = {
  remember(account: string, owner: KeyOwner): void
  accountsOf(owner: KeyOwner): readonly string[]
  /** The API key behind an account; empty when nobody has shown up with one. */
  keyOf(account: string): string
}

export function createHolders(): Holders {
  const holders = new Map<string, KeyOwner>()
  return {
    remember: (account, owner) => void holders.set(account.toLowerCase(), owner),
    accountsOf: (owner) =>
      [...holders]
        .filter(([, holder]) => holder.address === owner.address)
        .map(([account]) => account),
    keyOf: (account) => holders.get(account.toLowerCase())?.credentials.apiKey ?? '',
  }
}
