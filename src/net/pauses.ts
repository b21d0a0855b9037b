/**
 * What holds the trading thread up: turns of the event loop that came late, and collections of garbage. Both are kept for a while, so that it can be
 * told afterwards what of them fell into a shot.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

const SAMPLE_MS = 20
/** A timer is never exactly on time. */
const LATE_FROM_MICROS = MICROS_PER_MS
const KEPT = 512

export type Pauses = {
  /** The longest lateness of the loop, and the garbage collected, within these instants. Told soon after the second of them. */
  within(from: Micros, to: Micros): { readonly loopLagMicros: number; readonly gcMicros: number }
  close(): void
}

type Span = { readonly from: number; readonly to: number }

export function watchPauses(now: () => Micros): Pauses {
  const late: Span[] = []
  const collections: Span[] = []

  let dueAt = now() + SAMPLE_MS * MICROS_PER_MS
  const timer = setInterval(() => {
    const at = now()
    if (at - dueAt >= LATE_FROM_MICROS) keep(late, { from: dueAt, to: at })
    dueAt = at + SAMPLE_MS * MICROS_PER_MS
  }, SAMPLE_MS).unref()

  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const from = (performance.timeOrigin + startTime) * MICROS_PER_MS
      keep(collections, { from, to: from + duration * MICROS_PER_MS })
    }
  })
  observer.observe({ entryTypes: ['gc'] })

  return {
    within(from, to) {
      const lags = late.map((span) => common(span, from, to))
      const collected = collections.map((span) => common(span, from, to))
      return {
        loopLagMicros: Math.round(Math.max(0, ...lags)),
        gcMicros: Math.round(collected.reduce((sum, micros) => sum + micros, 0)),
      }
    },
    close() {
      clearInterval(timer)
      observer.disconnect()
    },
  }
}

function keep(spans: Span[], span: Span): void {
  spans.push(span)
  if (spans.length > KEPT) spans.shift()
}

function common(span: Span, from: number, to: number): number {
  return Math.max(0, Math.min(span.to, to) - Math.max(span.from, from))
}
