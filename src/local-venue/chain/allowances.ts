/** What owners let others move of theirs. Everybody starts with everything allowed, so that a program can trade at once; saying otherwise counts. */

export const UNLIMITED = 2n ** 256n - 1n

export type Allowances = {
  dollars(owner: string, spender: string): bigint
  outcomes(owner: string, operator: string): boolean
  approve(owner: string, spender: string, amount: bigint): void
  approveAll(owner: string, operator: string, approved: boolean): void
}

export function createAllowances(): Allowances {
  const dollars = new Map<string, bigint>()
  const outcomes = new Map<string, boolean>()
  const key = (owner: string, spender: string): string => `${owner}/${spender}`.toLowerCase()
  return {
    dollars: (owner, spender) => dollars.get(key(owner, spender)) ?? UNLIMITED,
    outcomes: (owner, operator) => outcomes.get(key(owner, operator)) ?? true,
    approve: (owner, spender, amount) => void dollars.set(key(owner, spender), amount),
    approveAll: (owner, operator, approved) => void outcomes.set(key(owner, operator), approved),
  }
}
