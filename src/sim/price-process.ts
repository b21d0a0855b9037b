/**
 * The price of one asset as one print a second, in whole hundred-millionths of a dollar: a random walk whose volatility
 * changes by regime, with rare jumps, drawn on purpose towards a pin (the strike of a window) where one is given.
 *
 * Invariant: the print of a second depends on the seed, the asset and the seconds since the anchor only, never on when
 * somebody asked. Prints are made in order and kept for a while.
 */
import type { Asset } from '../domain/ids.ts'
import { invariant } from '../domain/invariant.ts'
import { createRandom, type Random } from './random.ts'

export const PRINT_SCALE = 100_000_000

/** Where the price is being drawn to in a second: the strike of the window that began at `startSec`. */
export type Pin = { readonly startSec: number; readonly strength: number }

export type PricePath = {
  /** Older prints are forgotten. */
  oldestSec(): number
  /** The print stamped with this second. */
  printAt(sec: number): number
  /** The sum of the `count` prints stamped before `sec`. Exact. */
  sumBefore(sec: number, count: number): number
  /** The usual relative move of one second around this second, as a well-informed maker knows it. */
  sigmaAt(sec: number): number
}

export type PricePathOptions = {
  readonly seed: number
  readonly asset: Asset
  /** The first second that has a print. */
  readonly fromSec: number
  /** How long a print can be asked for after newer ones were made. */
  readonly keepSec: number
  pinAt(sec: number): Pin | null
}

const START_DOLLARS: Readonly<Record<Asset, number>> = {
  btc: 91_204.55,
  eth: 3_018.42,
  sol: 141.37,
  xrp: 2.2041,
}

/** Bitcoin moves least. */
const RESTLESSNESS: Readonly<Record<Asset, number>> = { btc: 1, eth: 1.3, sol: 1.6, xrp: 1.5 }

const BASIS_POINT = 0.0001
/** Relative moves of one second, from a sleepy night to news. */
const REGIME_SIGMAS = [0.12, 0.3, 0.7].map((points) => points * BASIS_POINT)
const REGIME_CHANGE_CHANCE = 1 / 400
const JUMP_CHANCE = 1 / 900
const JUMP_POINTS = { median: 4, spread: 0.5 }
const STRIKE_PRINTS = 60

export function createPricePath(options: PricePathOptions): PricePath {
  const random = createRandom(options.seed, 'price', options.asset)
  const prints: number[] = []
  const sigmas: number[] = []
  let firstSec = options.fromSec
  let regime = 1
  let latest: { readonly startSec: number; readonly strike: number } | null = null

  const sumBefore = (sec: number, count: number): number => {
    extendTo(sec - 1)
    invariant(
      sec - count >= firstSec,
      `no prints before second ${firstSec}, asked for ${sec - count}`,
    )
    let sum = 0
    for (let at = sec - count; at < sec; at += 1) sum += prints[at - firstSec] as number
    return sum
  }

  /** Null when the window has not begun or began before there were prints. */
  const strikeOf = (pin: Pin, now: number): number | null => {
    if (pin.startSec - STRIKE_PRINTS < firstSec || pin.startSec > now) return null
    // The same for every second of a window.
    if (latest?.startSec !== pin.startSec) {
      const strike = sumBefore(pin.startSec, STRIKE_PRINTS) / STRIKE_PRINTS
      latest = { startSec: pin.startSec, strike }
    }
    return latest.strike
  }

  const extendTo = (sec: number): void => {
    while (firstSec + prints.length <= sec) {
      const now = firstSec + prints.length
      if (random.chance(REGIME_CHANGE_CHANCE)) regime = random.below(REGIME_SIGMAS.length)
      const sigma = (REGIME_SIGMAS[regime] as number) * RESTLESSNESS[options.asset]
      const before = prints.at(-1) ?? Math.round(START_DOLLARS[options.asset] * PRINT_SCALE)
      const pin = options.pinAt(now)
      const pull = pin === null ? 0 : ((strikeOf(pin, now) ?? before) / before - 1) * pin.strength
      prints.push(Math.round(before * (1 + sigma * random.normal() + jump(random) + pull)))
      sigmas.push(sigma)
    }
    if (prints.length > options.keepSec * 2) {
      const gone = prints.length - options.keepSec
      prints.splice(0, gone)
      sigmas.splice(0, gone)
      firstSec += gone
    }
  }

  const indexOf = (sec: number): number => {
    extendTo(sec)
    invariant(sec >= firstSec, `no prints before second ${firstSec}, asked for ${sec}`)
    return sec - firstSec
  }

  return {
    oldestSec: () => firstSec,
    printAt: (sec) => prints[indexOf(sec)] as number,
    sumBefore,
    sigmaAt: (sec) => sigmas[indexOf(sec)] as number,
  }
}

function jump(random: Random): number {
  if (!random.chance(JUMP_CHANCE)) return 0
  const size = random.logNormal(JUMP_POINTS.median, JUMP_POINTS.spread) * BASIS_POINT
  return random.chance(0.5) ? size : -size
}
