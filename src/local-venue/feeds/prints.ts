/** The venue's one price of each asset, as its feeds tell it: the print of a second, and the means before a second. Exact. */
import type { Asset } from '../../domain/ids.ts'
import { PRINT_SCALE, type PricePath } from '../../sim/price-process.ts'

export type Prints = {
  /** Whole 10^-18 dollars. */
  spot(asset: Asset, sec: number): bigint
  /** The mean of the `count` prints before the second: what a window that starts or ends then is settled on. */
  mean(asset: Asset, sec: number, count: number): bigint
  /** Hundred-millionths of a dollar. */
  print(asset: Asset, sec: number): number
  /** Nothing is known before it; it moves on as prints are forgotten. */
  oldestSec(asset: Asset): number
}

const E18_OF_PRINT = 10_000_000_000n
const E18 = 1e18

export function createPrints(pathOf: (asset: Asset) => PricePath): Prints {
  return {
    oldestSec: (asset) => pathOf(asset).oldestSec(),
    print: (asset, sec) => pathOf(asset).printAt(sec),
    spot: (asset, sec) => BigInt(pathOf(asset).printAt(sec)) * E18_OF_PRINT,
    mean: (asset, sec, count) =>
      (BigInt(pathOf(asset).sumBefore(sec, count)) * E18_OF_PRINT) / BigInt(count),
  }
}

/** As the float beside the exact value says it. */
export function floatOf(e18: bigint): number {
  return Number(e18) / E18
}

/** Eight decimals, as exchanges write prices. */
export function exchangeText(print: number): string {
  const whole = Math.floor(print / PRINT_SCALE)
  return `${whole}.${String(print - whole * PRINT_SCALE).padStart(8, '0')}`
}
