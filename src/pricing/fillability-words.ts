/** What is known of a second, in words and with what it rests on. */
import type { Likelihood } from '../domain/truth.ts'
import { ENOUGH, type Fillable, type FillData } from './fillability.ts'
import type { Regime } from './fillability-regime.ts'
import { SHIPPED_NAME } from './fillability-shipped.ts'

export function wordsOf(one: Fillable, regime: Regime | null): string {
  return `${fillWords(one)}; ${dataWords(one.data, regime)}`
}

/** As a person reads it: percents of windows, cents of a share, the interval behind each. */
export function fillWords({ fill, perFill, perShot, breakEven }: Fillable): string {
  const asks = `for sale in ${percent(fill.mid)} of windows (${percent(fill.low)} to ${percent(fill.high)})`
  if (perFill === null || breakEven === null) return `${asks}; what it brings is not known`
  return `${asks}; a share bought brings ${centsOf(perFill)}, a shot ${centsOf(perShot)}; breaks even at ${percent(breakEven)} of wins`
}

export function dataWords({ own, lent, shipped }: FillData, regime: Regime | null): string {
  const parts = [
    `${own} ${regime === null ? '' : `${regime} `}windows of its own${own < ENOUGH ? ' (too few)' : ''}`,
    ...(lent > 0 ? [`${Math.round(lent)} of its kin`] : []),
    ...(shipped > 0
      ? [`the shipped table with the weight of ${Math.round(shipped)} (${SHIPPED_NAME})`]
      : []),
  ]
  return `from ${parts.join(', ')}`
}

export function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`
}

export function centsOf({ low, mid, high }: Likelihood): string {
  return `${signed(mid)} c (${signed(low)} to ${signed(high)})`
}

function signed(dollars: number): string {
  const text = (dollars * 100).toFixed(1)
  return dollars >= 0 && !text.startsWith('-') ? `+${text}` : text
}
