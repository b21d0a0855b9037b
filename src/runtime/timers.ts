/**
 * Wake commands become timer events, never early. A Node timer may fire up to a millisecond before its time, so the last stretch
 * to a trigger is polled.
 */
import type { EngineCommand } from '../domain/commands.ts'
import type { EventSink } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

type Wake = Extract<EngineCommand, { kind: 'wake' }>

/** A trigger is polled for from this long before its time; other wakes may be a timer's error late. */
const POLL_FROM_MS = 5
/** Longer delays overflow a Node timer and would fire at once. */
const DELAY_MAX_MS = 2_000_000_000

export type Timers = {
  wake(command: Wake): void
  forget(conditionId: string): void
  clear(): void
}

export function createTimers(emit: EventSink, now: () => Micros): Timers {
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

  function arm(name: string, command: Wake): void {
    const left = (command.at - now()) / MICROS_PER_MS
    if (left <= 0) {
      pending.delete(name)
      const { purpose, conditionId, at } = command
      return emit({ kind: 'timer', purpose, conditionId, dueAt: at, recvAt: now(), venueAt: null })
    }
    const again = () => arm(name, command)
    if (command.purpose === 'trigger' && left <= POLL_FROM_MS) {
      pending.set(name, { immediate: setImmediate(again) })
      return
    }
    const ahead = command.purpose === 'trigger' ? POLL_FROM_MS : 0
    const delay = Math.min(Math.max(Math.ceil(left - ahead), 1), DELAY_MAX_MS)
    pending.set(name, { timeout: setTimeout(again, delay) })
  }

  return {
    wake(command) {
      const name = key(command.purpose, command.conditionId)
      drop(name)
      // Never from inside the step that asked: the event is handled in a turn of its own.
      pending.set(name, { immediate: setImmediate(() => arm(name, command)) })
    },
    forget(conditionId) {
      for (const name of [...pending.keys()]) if (name.startsWith(`${conditionId}/`)) drop(name)
    },
    clear() {
      for (const name of [...pending.keys()]) drop(name)
    },
  }
}
