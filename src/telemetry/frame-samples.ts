/** Frames that did not parse: a line of the log for one of them now and then, so that a broken source does not fill the disk. */
import type { Log } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

const SAMPLE_EVERY_MS = 10_000
const SAMPLE_BYTES = 200

export function frameSamples(source: string, log: Log, now: () => Micros) {
  let told = Number.NEGATIVE_INFINITY
  let since = 0
  return (frame: Uint8Array, error: unknown): void => {
    since += 1
    const at = now() / MICROS_PER_MS
    if (at - told < SAMPLE_EVERY_MS) return
    told = at
    const text = new TextDecoder().decode(frame.subarray(0, SAMPLE_BYTES))
    log.warn('a frame did not parse and was dropped', { source, text, error, dropped: since })
    since = 0
  }
}
