/**
 * Wake commands become timer events, never early. A trigger comes within microseconds (`triggers.ts`); the others may be a timer's
 * error late.
 */
import type { EventSink } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import { createTriggers, DELAY_MAX_MS, type Wake } from './triggers.ts'

export type Timers = {
  /** Replaces the wake of the same window and purpose. */
  wake(command: Wake): void
  forget(conditionId: string): void
  clear(): void
}

export function createTimers(emit: EventSink, now: () => Micros): Timers {
  const triggers = createTriggers(emit, now)
  const pending = new Map<string, { timeout?: NodeJS.Timeout; immediate?: NodeJS.Immediate }>()

  function key(purpose: string, conditionId: string | null): string {
    return `${conditionId ?? ''}/${purpose}`
  }

  function drop(name: string): void {
    const handle = pending.get(name)
    if (handle?.timeout !== undefined) clearTimeout(handle.timeout)
    if (handle?.immediate !== undefined) clearImmediate(handle.immediate)
    pending.delete(name)
  }

  /** Looks again when the timer comes, because a Node timer may come up to a millisecond before its time. */
  function arm(name: string, command: Wake): void {
    const left = (command.at - now()) / MICROS_PER_MS
    if (left <= 0) {
      pending.delete(name)
      const { purpose, conditionId, at } = command
      return emit({ kind: 'timer', purpose, conditionId, dueAt: at, recvAt: now(), venueAt: null })
    }
    const delay = Math.min(Math.ceil(left), DELAY_MAX_MS)
    pending.set(name, { timeout: setTimeout(() => arm(name, command), delay) })
  }

  return {
    wake(command) {
      if (command.purpose === 'trigger') return triggers.add(command)
      const name = key(command.purpose, command.conditionId)
      drop(name)
      // Never from inside the step that asked: the event is handled in a turn of its own.
      pending.set(name, { immediate: setImmediate(() => arm(name, command)) })
    },
    forget(conditionId) {
      triggers.forget(conditionId)
      for (const name of [...pending.keys()]) if (name.startsWith(`${conditionId}/`)) drop(name)
    },
    clear() {
      triggers.clear()
      for (const name of [...pending.keys()]) drop(name)
    },
  }
}
