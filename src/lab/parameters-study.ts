/**
 * Numbers of the strategies that model the price, found on made prices: those with the least loss on windows of some seeds, beside the loss on windows of others.
 * They say how the embedded venue's prices move, and nothing of real ones.
 */
import { wilson } from '../pricing/wilson.ts'
import { faded } from '../strategies/distance-fade.ts'
import { flowSamples, type Sample } from './flow-samples.ts'

export type ParametersOptions = {
  /** Of each seed. */
  readonly windows: number
  readonly trainSeeds: readonly number[]
  readonly checkSeeds: readonly number[]
}

/** The mean of minus the logarithm of what was given to the side that won. A coin has 0.693. */
type Loss = { readonly train: number; readonly check: number }

export type CurveFit = { readonly scale: number; readonly carrySec: number; readonly loss: Loss }

export type Tier = {
  readonly tier: 'near' | 'middle' | 'far'
  /** With a minute left. */
  readonly distance: number
  /** The lower end of the interval of the rate of wins from here to the next tier. */
  readonly certainty: number
  readonly checkRate: number
  readonly checkWindows: number
}

export type ParametersStudy = {
  readonly windows: number
  readonly fade: CurveFit
  readonly momentum: CurveFit & { readonly minVelocity: number }
  readonly tiers: readonly Tier[]
}

const FADE = { least: 5, most: 90 }
const MOMENTUM = { least: 45, most: 600 }
const SNIPER = { least: 5, most: 45 }
const SCALES = stepsFrom(0.0001, 1.1, 40)
const CARRIES = [0, 2, 4, 8, 12, 16, 24, 32] as const
/** What a tier is: at least so many of those that are in it win, and of those beyond. */
const TIERS = [
  { tier: 'near', rate: 0.87 },
  { tier: 'middle', rate: 0.95 },
  { tier: 'far', rate: 0.985 },
] as const
const WINDOWS_MIN = 30
/** No chance is ever quite none. */
const CHANCE_MIN = 0.001

export function studyParameters(options: ParametersOptions): ParametersStudy {
  const { windows, trainSeeds, checkSeeds } = options
  const of = (seeds: readonly number[]): Sample[] =>
    seeds.flatMap((seed) => flowSamples(seed, windows))
  const [train, check] = [of(trainSeeds), of(checkSeeds)]
  return {
    windows: windows * (trainSeeds.length + checkSeeds.length),
    fade: fitted(within(train, FADE), within(check, FADE), [0]),
    momentum: {
      ...fitted(within(train, MOMENTUM), within(check, MOMENTUM), CARRIES),
      minVelocity: twoDigits(medianSpeed(within(train, MOMENTUM))),
    },
    tiers: tiersOf(within(train, SNIPER), within(check, SNIPER)),
  }
}

type Span = { readonly least: number; readonly most: number }

function within(samples: readonly Sample[], { least, most }: Span): Sample[] {
  return samples.filter(({ left }) => left >= least && left <= most)
}

export function fitted(
  train: readonly Sample[],
  check: readonly Sample[],
  carries: readonly number[],
): CurveFit {
  let best: Omit<CurveFit, 'loss'> & { readonly loss: number } = {
    scale: 0,
    carrySec: 0,
    loss: Number.POSITIVE_INFINITY,
  }
  for (const carrySec of carries)
    for (const scale of SCALES) {
      const loss = lossOf(train, scale, carrySec)
      if (loss < best.loss) best = { scale, carrySec, loss }
    }
  const { scale, carrySec, loss } = best
  return { scale, carrySec, loss: { train: loss, check: lossOf(check, scale, carrySec) } }
}

export function lossOf(samples: readonly Sample[], scale: number, carrySec: number): number {
  let sum = 0
  for (const { left, distance, velocity30, isUp } of samples) {
    const up = faded(distance + velocity30 * Math.min(carrySec, left), left, scale)
    sum -= Math.log(Math.max(CHANCE_MIN, isUp ? up : 1 - up))
  }
  return sum / samples.length
}

/** Half of the time the price runs slower than this: what is faster is called a run. */
function medianSpeed(samples: readonly Sample[]): number {
  const speeds = samples.map(({ velocity5 }) => Math.abs(velocity5)).sort((a, b) => a - b)
  return speeds[Math.floor(speeds.length / 2)] ?? 0
}

export function tiersOf(train: readonly Sample[], check: readonly Sample[]): Tier[] {
  const starts = TIERS.map(({ rate }) => startOf(train, rate))
  return TIERS.map(({ tier }, at) => {
    const [from, to] = [starts[at] as number, starts[at + 1] ?? Number.POSITIVE_INFINITY]
    const own = ratesBetween(train, from, to)
    const other = ratesBetween(check, from, to)
    const certainty = wilson(own.rate * own.windows, own.windows).low
    return {
      tier,
      distance: from,
      certainty: Math.floor(certainty * 1_000) / 1_000,
      checkRate: other.rate,
      checkWindows: other.windows,
    }
  })
}

/** The nearest distance from which every step outward wins so often. */
function startOf(samples: readonly Sample[], rate: number): number {
  let start = SCALES.at(-1) as number
  for (let at = SCALES.length - 2; at >= 0; at -= 1) {
    const [from, to] = [SCALES[at] as number, SCALES[at + 1] as number]
    const here = ratesBetween(samples, from, to)
    // Too far out to have been seen often: nothing is known against it.
    if (here.windows >= WINDOWS_MIN && here.rate < rate) return start
    start = from
  }
  return start
}

/** A window counts once, with the mean of its samples. */
function ratesBetween(
  samples: readonly Sample[],
  from: number,
  to: number,
): { readonly rate: number; readonly windows: number } {
  const groups = new Map<string, { wins: number; count: number }>()
  for (const { group, left, distance, isUp } of samples) {
    const scaled = Math.abs(distance) / Math.sqrt(left / 60)
    if (scaled < from || scaled >= to) continue
    const tally = groups.get(group) ?? { wins: 0, count: 0 }
    groups.set(group, tally)
    tally.count += 1
    if (distance >= 0 === isUp) tally.wins += 1
  }
  let sum = 0
  for (const { wins, count } of groups.values()) sum += wins / count
  return { rate: groups.size === 0 ? 1 : sum / groups.size, windows: groups.size }
}

function stepsFrom(first: number, factor: number, count: number): readonly number[] {
  const steps: number[] = []
  for (let value = first; steps.length < count; value *= factor) steps.push(twoDigits(value))
  return steps
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2))
}
