/**
 * Which key trades for which account: a wallet for itself, and for the contracts whose orders it signs. A contract is its first user's; an
 * address that ever had a key of its own is never another's.
 */
import type { KeyOwner } from './keys.ts'

export type Holders = {
  /** The owner of a new key. */
  introduce(owner: KeyOwner): void
  mayTrade(account: string, owner: KeyOwner): boolean
  remember(account: string, owner: KeyOwner): void
  accountsOf(owner: KeyOwner): readonly string[]
  /** The API key behind an account, the last that was used for it; empty when nobody has shown up with one. */
  keyOf(account: string): string
  /** The address behind an account. */
  holderOf(account: string): string | null
}

export function createHolders(): Holders {
  const holders = new Map<string, KeyOwner>()
  const independent = new Set<string>()
  return {
    introduce(owner) {
      const account = owner.address.toLowerCase()
      independent.add(account)
      holders.set(account, owner)
    },
    mayTrade(account, owner) {
      const key = account.toLowerCase()
      if (independent.has(key)) return key === owner.address.toLowerCase()
      const holder = holders.get(key)
      return holder === undefined || holder.address === owner.address
    },
    remember: (account, owner) => void holders.set(account.toLowerCase(), owner),
    accountsOf: (owner) =>
      [...holders]
        .filter(([, holder]) => holder.address === owner.address)
        .map(([account]) => account),
    keyOf: (account) => holders.get(account.toLowerCase())?.credentials.apiKey ?? '',
    holderOf: (account) => holders.get(account.toLowerCase())?.address ?? null,
  }
}
