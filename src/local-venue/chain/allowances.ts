/**
 * What owners let others move of theirs. Everybody starts with everything allowed, so that a program can trade at once; saying otherwise counts. Only who
 * acts unasked for others has to be allowed first.
 */

/** The venue's operator, which redeems for those who let it. */
export const AUTO_REDEEMER = '0xa1200000d0002264C9a1698e001292D00E1b00af'
export const UNLIMITED = 2n ** 256n - 1n

export type Allowances = {
  dollars(owner: string, spender: string): bigint
  outcomes(owner: string, operator: string): boolean
  /** Owners who said themselves that it may move their outcome tokens. */
  saidYesTo(operator: string): readonly string[]
  approve(owner: string, spender: string, amount: bigint): void
  approveAll(owner: string, operator: string, approved: boolean): void
}

export function createAllowances(): Allowances {
  const dollars = new Map<string, bigint>()
  const outcomes = new Map<string, boolean>()
  const key = (owner: string, spender: string): string => `${owner}/${spender}`.toLowerCase()
  return {
    dollars: (owner, spender) => dollars.get(key(owner, spender)) ?? UNLIMITED,
    outcomes: (owner, operator) =>
      outcomes.get(key(owner, operator)) ?? operator.toLowerCase() !== AUTO_REDEEMER.toLowerCase(),
    saidYesTo: (operator) =>
      [...outcomes].flatMap(([name, yes]) => {
        const [owner, other] = name.split('/')
        return yes && owner !== undefined && other === operator.toLowerCase() ? [owner] : []
      }),
    approve: (owner, spender, amount) => void dollars.set(key(owner, spender), amount),
    approveAll: (owner, operator, approved) => void outcomes.set(key(owner, operator), approved),
  }
}
