/**
 * The two amounts that a fill-or-kill buy is signed with: dollars to spend and the shares that they buy at the worst price. The venue takes at
 * most two decimals of dollars and four of shares. Shares are rounded down, so that the price implied by the two is never below the limit:
 * rounded up, the order would fall short of the very ask it was made for.
 */
import {
  type MicroShares,
  type MicroUsdc,
  microShares,
  microUsdc,
  mulDiv,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../domain/units.ts'

/** Dollars to two decimals, shares to four, in millionths. */
const SPEND_STEP = 10_000
const SHARES_STEP = 100

/** The dollars that buy at least so many shares at the limit, up to the next cent. */
export function spendFor(limit: Ticks, shares: MicroShares): MicroUsdc {
  const exact = mulDiv(limit, shares, TICKS_PER_DOLLAR, 'ceil')
  return microUsdc(mulDiv(exact, 1, SPEND_STEP, 'ceil') * SPEND_STEP)
}

/** Null when the dollars are no whole cents, or nothing is bought. */
export function sharesFor(spend: MicroUsdc, limit: Ticks): MicroShares | null {
  if (spend <= 0 || spend % SPEND_STEP !== 0 || limit <= 0 || limit >= TICKS_PER_DOLLAR) return null
  const exact = mulDiv(spend, TICKS_PER_DOLLAR, limit, 'floor')
  const shares = exact - (exact % SHARES_STEP)
  return shares === 0 ? null : microShares(shares)
}
