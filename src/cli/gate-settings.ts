/** The settings of the gates, from what a person writes to what the engine compares: off is null, dollars are ticks, seconds are microseconds. */
import type { Config } from '../config/schema.ts'
import type { Bounds } from '../domain/strategy.ts'
import { MICRO, MICROS_PER_SECOND, microShares, TICKS_PER_DOLLAR, ticks } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { GateSettings } from '../risk/gates/settings.ts'

type OrOff = number | 'off'

export function gateSettings(gates: Config['gates'], bounds: Bounds): GateSettings {
  const { fromSec, toSec, lowest, highest } = bounds
  const settings: GateSettings = {
    rule: gates.rule === 'on',
    lateJoinMicros: microsOf(gates.lateJoinSec),
    zoneFromMicros: microsOf(followed(gates.zoneFromSec, fromSec)),
    zoneToMicros: microsOf(followed(gates.zoneToSec, toSec)),
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
    priceMin: gates.priceMin === 'strategy' ? lowest : dollarsOf(gates.priceMin),
    priceMax: gates.priceMax === 'strategy' ? highest : dollarsOf(gates.priceMax),
  }
  refuseEmpty('zoneToSec', settings.zoneToMicros, 'zoneFromSec', settings.zoneFromMicros)
  refuseEmpty('priceMin', settings.priceMin, 'priceMax', settings.priceMax)
  return settings
}

/** A bound that was set against one that the strategy brings. */
function refuseEmpty(low: string, least: number | null, high: string, most: number | null): void {
  if (least === null || most === null || least < most) return
  throw new UserError(
    'config',
    `gates.${low} leaves nothing below gates.${high}, which is the strategy's own where it is not set: no order would ever pass`,
  )
}

function followed(value: OrOff | 'strategy', own: number): OrOff {
  return value === 'strategy' ? own : value
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
