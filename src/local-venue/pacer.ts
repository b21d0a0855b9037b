/** Drives the world by the venue's clock, and lets others wait for an instant of it. */
import type { Bugs } from './bugs.ts'
import type { World } from './world.ts'

export type Pacer = {
  /** Plays everything due by now. */
  catchUp(): void
  later(afterMs: number, action: () => void): void
  /** False when the venue stops first. */
  waitUntil(atMs: number): Promise<boolean>
  stop(): void
}

/** Timers of Node may be a millisecond early; the world is asked again then. */
const TIMER_MIN_MS = 1
/** Long waits are cut, so that items added meanwhile are seen in time. */
const TIMER_MAX_MS = 20

export function startPacer(world: World, nowMs: () => number, bugs: Bugs): Pacer {
  const waiting = new Set<(reached: boolean) => void>()
  const timers = new Set<NodeJS.Timeout>()
  let beat: NodeJS.Timeout | null = null
  let stopped = false

  const turn = (): void => {
    if (stopped) return
    world.advanceTo(nowMs())
    const wait = Math.min(Math.max(world.nextAtMs() - nowMs(), TIMER_MIN_MS), TIMER_MAX_MS)
    beat = setTimeout(turn, wait)
  }
  turn()

  const later = (afterMs: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      bugs.attempt(action)
    }, afterMs)
    timers.add(timer)
  }

  return {
    catchUp: () => world.advanceTo(nowMs()),
    later,
    waitUntil: (atMs) =>
      new Promise((resolve) => {
        waiting.add(resolve)
        const look = (): void => {
          const left = atMs - nowMs()
          if (left > 0) {
            // Looked at again soon: a clock may be moved.
            later(Math.min(left, TIMER_MAX_MS), look)
            return
          }
          waiting.delete(resolve)
          resolve(true)
        }
        look()
      }),
    stop: () => {
      stopped = true
      if (beat !== null) clearTimeout(beat)
      for (const timer of timers) clearTimeout(timer)
      for (const resolve of waiting) resolve(false)
      waiting.clear()
    },
  }
}
