/** A log whose warnings and errors a person at the screen sees too, each once in a while and not each time. */
import type { Log } from '../domain/ports.ts'

/** The same sentence is shown again after this long. */
const AGAIN_MS = 30_000
/** The details that make a sentence of a warning, in the order of their worth. */
const TELLING = ['reason', 'error', 'slug'] as const

export function shownLog(log: Log, show: (line: string) => void): Log {
  const shownAt = new Map<string, number>()

  function tell(message: string, data: Readonly<Record<string, unknown>> | undefined): void {
    const now = Date.now()
    if (now - (shownAt.get(message) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return
    shownAt.set(message, now)
    const details = TELLING.map((name) => data?.[name]).filter((value) => value !== undefined)
    const words = details.map((value) => (value instanceof Error ? value.message : String(value)))
    show([message, ...words].join(': '))
  }

  return {
    debug: log.debug,
    info: log.info,
    warn(message, data) {
      log.warn(message, data)
      tell(message, data)
    },
    error(message, data) {
      log.error(message, data)
      tell(message, data)
    },
  }
}
