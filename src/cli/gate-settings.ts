/** The settings of the gates, from what a person writes to what the engine compares: off is null, dollars are ticks, seconds are microseconds. */
import type { Config } from '../config/schema.ts'
import { MICRO, MICROS_PER_SECOND, microShares, TICKS_PER_DOLLAR, ticks } from '../domain/units.ts'
import type { GateSettings } from '../risk/gates/settings.ts'

type OrOff = number | 'off'

export function gateSettings(gates: Config['gates']): GateSettings {
  return {
    rule: gates.rule === 'on',
    lateJoinMicros: microsOf(gates.lateJoinSec),
    zoneFromMicros: microsOf(gates.zoneFromSec),
    zoneToMicros: microsOf(gates.zoneToSec),
    bookWholeMicros: microsOf(gates.bookWholeSec),
    badBookGap: dollarsOf(gates.badBookGap),
    strikeAtLeast: gates.strikeAtLeast === 'off' ? null : gates.strikeAtLeast,
    strikeConflictMax: plain(gates.strikeConflictMax),
    printAgeMaxMicros: microsOf(gates.printAgeMaxSec),
    printGapsMax: plain(gates.printGapsMax),
    printRepeatsMax: plain(gates.printRepeatsMax),
    volatilityMin: plain(gates.volatilityMin),
    volatilityMax: plain(gates.volatilityMax),
    feedDivergenceMax: plain(gates.feedDivergenceMax),
    bookDivergenceMax: dollarsOf(gates.bookDivergenceMax),
    impactSec: gates.impactSec,
    impactSigmas: plain(gates.impactSigmas),
    impactBook: dollarsOf(gates.impactBook),
    spreadMaxTicks: plain(gates.spreadMaxTicks),
    liquidityMin:
      gates.liquidityMinShares === 'off'
        ? null
        : microShares(Math.round(gates.liquidityMinShares * MICRO)),
    priceMin: dollarsOf(gates.priceMin),
    priceMax: dollarsOf(gates.priceMax),
  }
}

function plain(value: OrOff): number | null {
  return value === 'off' ? null : value
}

function microsOf(seconds: OrOff): number | null {
  return seconds === 'off' ? null : Math.round(seconds * MICROS_PER_SECOND)
}

function dollarsOf(dollars: OrOff): GateSettings['priceMin'] {
  return dollars === 'off' ? null : ticks(Math.round(dollars * TICKS_PER_DOLLAR))
}
