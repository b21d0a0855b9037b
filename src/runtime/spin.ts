/**
 * Waits that do not sleep. `spin` waits for an instant by reading the clock again and again: exact to a fraction of a microsecond, and deaf to everything
 * else meanwhile. It is a function of its own that is called often before it counts: a loop that the compiler meets for the first time
 * is left again by throwing its fast code away, and that alone is 20 to 40 microseconds late.
 */
import type { Micros } from '../domain/units.ts'

/** Many short calls, so that it is the function that becomes fast and not one long loop in it. */
const WARM_CALLS = 4_000
/** Long enough that the loop in it turns a few times. */
const WARM_MICROS = 2

/** Returns the first reading that is not before `until`. */
export function spin(now: () => Micros, until: number): Micros {
  let at = now()
  while (at < until) at = now()
  return at
}

/** With the very clock that will be waited on: another one would be another function to the compiler. About 10 ms. */
export function warmSpin(now: () => Micros): void {
  for (let call = 0; call < WARM_CALLS; call += 1) spin(now, now() + WARM_MICROS)
}

/** Some fifteen microseconds of a fast core. */
const LINGER_ROUNDS = 14_000
const WARM_LINGERS = 100
let lingered = 1

/** Lets some microseconds pass and makes no garbage: even a look at the clock makes some. */
export function linger(): void {
  let value = lingered
  for (let round = 0; round < LINGER_ROUNDS; round += 1)
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0
  lingered = value
}

/** For the same reason as the other one. A millisecond or two. */
export function warmLinger(): void {
  for (let call = 0; call < WARM_LINGERS; call += 1) linger()
}
