/**
 * The last seconds of a window. Nothing else goes over the order connections, the way of an order is rehearsed again and again, because code and
 * data that lay idle for a tenth of a second are several times slower, and from just before a shot may be wanted the loop does not sleep. One
 * vigil serves all windows that end together.
 */
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { linger, warmLinger } from './spin.ts'

/** Connections fall silent, and the path is rehearsed, from this long before a shot may be wanted until the close. */
const QUIET_BEFORE_MS = 3_000
const REHEARSE_EVERY_MS = 5
/** A sleeping loop is woken some tens of microseconds late, so it does not sleep; but not for longer than this, because it costs a core. */
const AWAKE_MAX_MS = 5_000
const AWAKE_BEFORE_MS = 40
/**
 * What was done a millisecond ago is done faster than what was done five ago. More often, and the nursery would be full within the second: a rehearsal
 * makes some twenty kilobytes of garbage, a turn of the loop a third of one.
 */
const REHEARSE_AWAKE_MICROS = MICROS_PER_MS
/** The nursery is emptied before this part of a window and lasts for it. */
const LAST_MS = 1_100
/** Windows that end together want it together. */
const SWEPT_LATELY_MICROS = 200 * MICROS_PER_MS
/**
 * So long without the core between two turns, and others want it. The system puts aside whoever is always busy, and lets in at once whoever slept:
 * then it is better to sleep. A turn that took long by its own work says nothing of others.
 */
const PUT_ASIDE_MICROS = 2 * MICROS_PER_MS
const NAP_MS = 100

export type Vigil = {
  /** By the venue's clock: a shot may be wanted from the first instant to the second. `over` is called then. */
  keep(from: Micros, until: Micros, over: () => void): void
  close(): void
}

export type VigilDeps = {
  readonly now: () => Micros
  venueNow(): Micros
  quiet(on: boolean): void
  rehearse(): void
  /** Empties the nursery, so that it does not fill in the last second. */
  sweep(): void
  /** How long this process has had a core. */
  cpuMicros?(): number
}

export function createVigil(deps: VigilDeps): Vigil {
  const { now, venueNow, quiet, rehearse, sweep, cpuMicros = processMicros } = deps
  const timers = new Set<NodeJS.Timeout>()
  let kept = 0
  let awake = 0
  let rehearsals: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  let nap: NodeJS.Timeout | undefined
  let turnedAt = 0
  let sweptAt = Number.NEGATIVE_INFINITY
  let rehearseAt = 0
  /** The core had until then, by the clock of the rehearsals. */
  let hadMicros = 0
  let hadAt = 0
  warmLinger()

  function after(ms: number, action: () => void): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        action()
      },
      Math.max(0, ms),
    )
    timers.add(timer)
  }

  function tidy(): void {
    if (now() - sweptAt < SWEPT_LATELY_MICROS) return
    sweptAt = now()
    sweep()
  }

  function begin(): void {
    kept += 1
    if (kept > 1) return
    tidy()
    quiet(true)
    rehearsals = setInterval(() => turn === undefined && rehearse(), REHEARSE_EVERY_MS)
  }

  function end(): void {
    kept -= 1
    if (kept > 0) return
    clearInterval(rehearsals)
    quiet(false)
  }

  function wake(): void {
    // In the span of another window a pause could cost its shot.
    if (awake === 0) tidy()
    awake += 1
    startPolling()
  }

  function startPolling(): void {
    clearTimeout(nap)
    if (turn !== undefined || awake === 0) return
    turnedAt = now()
    countCore(turnedAt)
    turn = setImmediate(poll)
  }

  function countCore(at: number): void {
    hadAt = at
    hadMicros = cpuMicros()
  }

  function poll(): void {
    turn = undefined
    if (awake === 0) return
    // A turn without it takes a microsecond or two, and such turns make a quarter of a gigabyte of garbage in a second.
    linger()
    const at = now()
    const pause = at - turnedAt
    turnedAt = at
    if (pause > PUT_ASIDE_MICROS) {
      if (at - hadAt - (cpuMicros() - hadMicros) > PUT_ASIDE_MICROS) {
        nap = setTimeout(startPolling, NAP_MS)
        return
      }
      countCore(at)
    }
    turn = setImmediate(poll)
    if (at >= rehearseAt) {
      countCore(at)
      rehearse()
      rehearseAt = at + REHEARSE_AWAKE_MICROS
    }
  }

  return {
    keep(from, until, over) {
      const left = (at: Micros): number => (at - venueNow()) / MICROS_PER_MS
      const awakeFrom = Math.max(left(from) - AWAKE_BEFORE_MS, left(until) - AWAKE_MAX_MS)
      after(left(from) - QUIET_BEFORE_MS, begin)
      after(awakeFrom, wake)
      // What is awake for longer makes more than the nursery holds.
      const lastFrom = left(until) - LAST_MS
      if (awakeFrom < lastFrom && lastFrom > 0) after(lastFrom, tidy)
      // A timer that is due at once is never before those that were due at once before it.
      after(left(until), () => {
        awake -= 1
        end()
        over()
      })
    },
    close() {
      awake = 0
      for (const timer of timers) clearTimeout(timer)
      clearInterval(rehearsals)
      clearImmediate(turn)
      clearTimeout(nap)
    },
  }
}

function processMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
