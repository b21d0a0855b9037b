/** The answers of gates. Notes are constant: equal situations give equal reasons, and nothing is put together on the way to a shot. */
import type { Check } from '../../domain/strategy.ts'

export function check(
  name: string,
  ok: boolean,
  margin: number | null,
  unit: string,
  yes: string,
  no: string,
): Check {
  return { name, ok, margin, unit, note: ok ? yes : no }
}

export function refusal(name: string, note: string): Check {
  return { name, ok: false, margin: null, unit: '', note }
}

/** A gate that is switched off says so and passes. */
export function offCheck(name: string): Check {
  return { name, ok: true, margin: null, unit: '', note: 'off' }
}

export const NO_SIDE = 'there is no side to judge'
export const NO_ORDER = 'there is no order to judge'
