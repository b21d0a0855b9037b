/** What the study of parameters found, as a table: derived, in force, and the loss on the windows it was not found on. */
import { paramsOf } from '../config/params.ts'
import type { AnyStrategy } from '../domain/strategy.ts'
import type { ParametersStudy } from '../lab/parameters-study.ts'
import { distanceFade } from '../strategies/distance-fade.ts'
import { momentum } from '../strategies/momentum.ts'
import { settlementSniper } from '../strategies/settlement-sniper.ts'
import { textTable } from './text-table.ts'

/** Found on the first, held against the others. */
export function seedsFrom(seed: number): { trainSeeds: number[]; checkSeeds: number[] } {
  return { trainSeeds: [seed, seed + 1, seed + 2], checkSeeds: [seed + 100, seed + 101] }
}

export type Derived = {
  readonly strategy: AnyStrategy
  readonly param: string
  readonly value: number
  readonly note: string
}

export function derivedOf({ fade, momentum: run, tiers }: ParametersStudy): readonly Derived[] {
  const loss = (of: typeof fade): string =>
    `loss ${of.loss.train.toFixed(4)}, on the other seeds ${of.loss.check.toFixed(4)}`
  return [
    { strategy: distanceFade, param: 'scale', value: fade.scale, note: loss(fade) },
    { strategy: momentum, param: 'scale', value: run.scale, note: loss(run) },
    { strategy: momentum, param: 'carrySec', value: run.carrySec, note: 'together with scale' },
    {
      strategy: momentum,
      param: 'minVelocity',
      value: run.minVelocity,
      note: 'half of the time the price runs slower',
    },
    ...tiers.flatMap(({ tier, distance, certainty, checkRate, checkWindows }) => [
      { strategy: settlementSniper, param: `${tier}Distance`, value: distance, note: '' },
      {
        strategy: settlementSniper,
        param: `${tier}Certainty`,
        value: certainty,
        note: `on the other seeds ${checkRate.toFixed(3)} of ${checkWindows} windows`,
      },
    ]),
  ]
}

export function inForce({ strategy, param }: Derived): string {
  return paramsOf(strategy).find(({ name }) => name === param)?.initial ?? ''
}

export function parametersText(study: ParametersStudy): string {
  return [
    `NUMBERS FROM MADE PRICES, ${study.windows} windows: how the embedded venue's prices move, nothing of real ones`,
    textTable(
      ['STRATEGY', 'PARAMETER', 'DERIVED', 'IN FORCE', 'NOTE'],
      derivedOf(study).map((one) => [
        one.strategy.name,
        one.param,
        String(one.value),
        inForce(one),
        one.note,
      ]),
    ),
    'the loss is minus the logarithm of the chance that was given to the side that won; a coin has 0.6931',
  ].join('\n')
}
