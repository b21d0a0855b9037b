/** Whether the source that settles the window is heard: not late, not with holes, and not the same again and again. */
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'

const AGE_OFF = offCheck('PRINT_AGE')

export const printAge: WorldGate = {
  name: 'PRINT_AGE',
  asks: 'the newest print of the source that settles the window is young enough, by its own stamp',
  settings: ['gates.printAgeMaxSec'],
  always: null,
  judge({ gates: { printAgeMaxMicros: most }, truth: { health } }) {
    if (most === null) return AGE_OFF
    const age = health.printAgeMicros
    if (age === null) return refusal('PRINT_AGE', 'the source that settles has said no price')
    return check(
      'PRINT_AGE',
      age <= most,
      most - age,
      'micros',
      'the newest print is young enough',
      health.saysOldAgain
        ? 'the source that settles says an old print again'
        : 'the newest print is too old',
    )
  },
}

const GAPS_OFF = offCheck('PRINT_GAPS')

export const printGaps: WorldGate = {
  name: 'PRINT_GAPS',
  asks: 'of the prints that decide, few are missing between known ones',
  settings: ['gates.printGapsMax'],
  always: null,
  judge({ gates: { printGapsMax: most }, truth: { health } }) {
    if (most === null) return GAPS_OFF
    if (health.missing === null)
      return refusal('PRINT_GAPS', 'nothing is projected in which prints could be missing')
    return check(
      'PRINT_GAPS',
      health.missing <= most,
      most - health.missing,
      'prints',
      'the prints that decide are there',
      'too many of the prints that decide are missing',
    )
  },
}

const REPEATS_OFF = offCheck('PRINT_REPEATS')

export const printRepeats: WorldGate = {
  name: 'PRINT_REPEATS',
  asks: 'the source that settles does not say the same price second after second',
  settings: ['gates.printRepeatsMax'],
  always: null,
  judge({ gates: { printRepeatsMax: most }, truth: { health } }) {
    if (most === null) return REPEATS_OFF
    return check(
      'PRINT_REPEATS',
      health.repeats <= most,
      most - health.repeats,
      'prints',
      'the prints move',
      'the source that settles says the same price second after second',
    )
  },
}
