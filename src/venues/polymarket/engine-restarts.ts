/**
 * The weekly restart of the venue's matching engine: Tuesday, seven in the morning in New York. Orders are refused for a minute and a half, then for
 * two minutes only those that rest are taken. The instants are written out for a fixed stretch of years, whatever the day of the start, so
 * that a tape played later meets the same calendar.
 */
import { DateTime } from 'luxon'
import { MICROS_PER_MS, type Micros, micros } from '../../domain/units.ts'
import { VENUE_ZONE } from './window-names.ts'

const FIRST_YEAR = 2026
const LAST_YEAR = 2045
const TUESDAY = 2
const HOUR = 7
/** It may begin early; it ends late: ninety seconds, two minutes, and some room. */
const BEFORE_SEC = 60
const AFTER_SEC = 300

export type EngineRestart = { readonly from: Micros; readonly to: Micros; readonly why: string }

export function engineRestarts(): readonly EngineRestart[] {
  const spans: EngineRestart[] = []
  let day = DateTime.fromObject({ year: FIRST_YEAR, hour: HOUR }, { zone: VENUE_ZONE })
  while (day.weekday !== TUESDAY) day = day.plus({ days: 1 })
  // A week later by the calendar is the same hour of the wall clock, also where the clock was changed between.
  for (; day.year <= LAST_YEAR; day = day.plus({ weeks: 1 })) {
    spans.push({
      from: micros(day.minus({ seconds: BEFORE_SEC }).toMillis() * MICROS_PER_MS),
      to: micros(day.plus({ seconds: AFTER_SEC }).toMillis() * MICROS_PER_MS),
      why: "the venue's matching engine restarts: Tuesday, seven o'clock in New York",
    })
  }
  return spans
}
