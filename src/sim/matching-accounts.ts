/**
 * Who has what at the venue: dollars, and shares of both outcomes of each market, to the base unit (a millionth).
 *
 * Invariant: every pair of an Up and a Down share is backed by one dollar of collateral. Nothing appears or vanishes: dollars of all
 * accounts, fees and collateral together change by deposits only, and in each market there are as many Up as Down shares as there is collateral,
 * until it is resolved; from then on the shares of the winner are worth what is left of it.
 */
import type { Side } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'

/** The crowd, as one account. */
export const HOUSE = 'house'
/** Where fees go. */
export const FEES = 'fees'

export type Accounts = {
  deposit(account: string, dollars: number): void
  dollars(account: string): number
  shares(account: string, market: string, side: Side): number
  pay(from: string, to: string, dollars: number): void
  give(from: string, to: string, market: string, side: Side, shares: number): void
  /** Dollars of the two become a pair for each share. What rounding left of a dollar comes from the crowd, and goes there in `merge`. */
  mint(market: string, shares: number, up: Part, down: Part): void
  merge(market: string, shares: number, up: Part, down: Part): void
  resolve(market: string, winner: Side): void
  /** Dollars for the winning shares; losing ones are worth nothing. */
  redeem(account: string, market: string): number
  /** Everything, for proofs: dollars with collateral, and for each market its collateral and shares. */
  totals(): { readonly dollars: number; readonly markets: readonly MarketTotals[] }
}

/** One half of a pair: who has it, and the dollars it cost or brought. */
export type Part = { readonly account: string; readonly dollars: number }

export type MarketTotals = {
  readonly market: string
  readonly collateral: number
  readonly up: number
  readonly down: number
  readonly winner: Side | null
}

type Holdings = { readonly UP: Map<string, number>; readonly DOWN: Map<string, number> }
type Pool = { readonly holdings: Holdings; collateral: number; winner: Side | null }

export function createAccounts(houseDollars: number): Accounts {
  const dollars = new Map<string, number>([[HOUSE, houseDollars]])
  const pools = new Map<string, Pool>()

  function poolOf(market: string): Pool {
    let pool = pools.get(market)
    if (pool === undefined) {
      pool = { holdings: { UP: new Map(), DOWN: new Map() }, collateral: 0, winner: null }
      pools.set(market, pool)
    }
    return pool
  }

  function move(ledger: Map<string, number>, account: string, by: number, what: string): void {
    const next = (ledger.get(account) ?? 0) + by
    invariant(Number.isSafeInteger(next) && next >= 0, `${account} would have ${next} ${what}`)
    if (next === 0) ledger.delete(account)
    else ledger.set(account, next)
  }

  function collect(pool: Pool, by: number): void {
    pool.collateral += by
    invariant(pool.collateral >= 0, 'a market paid out more than it holds')
  }

  const accounts: Accounts = {
    deposit: (account, amount) => move(dollars, account, amount, 'dollars'),
    dollars: (account) => dollars.get(account) ?? 0,
    shares: (account, market, side) => pools.get(market)?.holdings[side].get(account) ?? 0,
    pay(from, to, amount) {
      move(dollars, from, -amount, 'dollars')
      move(dollars, to, amount, 'dollars')
    },
    give(from, to, market, side, shares) {
      const holdings = poolOf(market).holdings[side]
      // The crowd makes what it sells: the other half of the pair stays with it.
      const short = from === HOUSE ? shares - (holdings.get(HOUSE) ?? 0) : 0
      if (short > 0) {
        const house = { account: HOUSE, dollars: 0 }
        accounts.mint(market, short, house, house)
      }
      move(holdings, from, -shares, 'shares')
      move(holdings, to, shares, 'shares')
    },
    mint(market, shares, up, down) {
      const pool = poolOf(market)
      move(dollars, up.account, -up.dollars, 'dollars')
      move(dollars, down.account, -down.dollars, 'dollars')
      move(dollars, HOUSE, up.dollars + down.dollars - shares, 'dollars')
      collect(pool, shares)
      move(pool.holdings.UP, up.account, shares, 'shares')
      move(pool.holdings.DOWN, down.account, shares, 'shares')
    },
    merge(market, shares, up, down) {
      const pool = poolOf(market)
      move(pool.holdings.UP, up.account, -shares, 'shares')
      move(pool.holdings.DOWN, down.account, -shares, 'shares')
      collect(pool, -shares)
      move(dollars, up.account, up.dollars, 'dollars')
      move(dollars, down.account, down.dollars, 'dollars')
      move(dollars, HOUSE, shares - up.dollars - down.dollars, 'dollars')
    },
    resolve(market, winner) {
      poolOf(market).winner = winner
    },
    redeem(account, market) {
      const pool = pools.get(market)
      if (pool === undefined || pool.winner === null) return 0
      const won = pool.holdings[pool.winner].get(account) ?? 0
      pool.holdings.UP.delete(account)
      pool.holdings.DOWN.delete(account)
      collect(pool, -won)
      if (won > 0) move(dollars, account, won, 'dollars')
      return won
    },
    totals() {
      const markets = [...pools].map(([market, pool]) => ({
        market,
        collateral: pool.collateral,
        up: sum(pool.holdings.UP),
        down: sum(pool.holdings.DOWN),
        winner: pool.winner,
      }))
      const held = markets.reduce((total, { collateral }) => total + collateral, 0)
      return { dollars: sum(dollars) + held, markets }
    },
  }
  return accounts
}

function sum(ledger: ReadonlyMap<string, number>): number {
  let total = 0
  for (const amount of ledger.values()) total += amount
  return total
}
