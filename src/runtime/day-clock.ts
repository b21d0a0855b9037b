/**
 * Says when a day of the account begins, as an event: the engine knows no zones. At the start the day that is already running is told, so that a bot that
 * slept through the beginning of one counts anew.
 */
import { DateTime } from 'luxon'
import type { EventSink } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros, micros } from '../domain/units.ts'

/** By the clock on the wall. */
export type Day = { readonly starts: string; readonly zone: string }

/** Timers may be early by less than this. */
const EARLY_MICROS = 30_000_000

/** The latest beginning of a day up to the instant. Where the clock on the wall skips that minute, the day begins as much later. */
export function dayStartedAt({ starts, zone }: Day, now: Micros): Micros {
  const [hour, minute] = starts.split(':').map(Number) as [number, number]
  const here = DateTime.fromMillis(Math.floor(now / MICROS_PER_MS), { zone })
  const today = here.set({ hour, minute, second: 0, millisecond: 0 })
  const start =
    today <= here ? today : here.minus({ days: 1 }).set({ hour, minute, second: 0, millisecond: 0 })
  return micros(start.toMillis() * MICROS_PER_MS)
}

export type DayClock = {
  /** Of the day that is running. */
  tell(): void
  /** Tells of each day that begins from now on. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createDayClock(day: Day, emit: EventSink, now: () => Micros): DayClock {
  let task: { destroy(): unknown } | null = null
  let isOver = false

  function tell(aheadMicros = 0): void {
    const startedAt = dayStartedAt(day, micros(now() + aheadMicros))
    emit({ kind: 'day', startedAt, recvAt: now(), venueAt: null })
  }

  return {
    tell,
    async start() {
      const { default: nodeCron } = await import('node-cron')
      if (isOver) return
      const [hour, minute] = day.starts.split(':').map(Number)
      task = nodeCron.schedule(`${minute} ${hour} * * *`, () => tell(EARLY_MICROS), {
        timezone: day.zone,
      })
    },
    async stop() {
      isOver = true
      await task?.destroy()
    },
  }
}
