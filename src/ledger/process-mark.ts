/** Whether a process of before still lives. A pid alone does not say: it may have been given to somebody else meanwhile. */
import { readFileSync } from 'node:fs'

export type ProcessMark = {
  readonly pid: number
  /** The boot and the moment in it at which the process began; null where the system does not tell. */
  readonly started: string | null
}

/** Fields of /proc/PID/stat after the name, which may hold spaces and brackets itself. */
const STATE = 0
const START_TICKS = 19

export function ownMark(): ProcessMark {
  return { pid: process.pid, started: startOf(process.pid) }
}

export function isAlive(mark: ProcessMark): boolean {
  if (!Number.isInteger(mark.pid) || mark.pid <= 0) return false
  if (!answers(mark.pid)) return false
  const fields = statOf(mark.pid)
  if (fields === null) return true
  // It ended, and nobody has fetched its exit code yet.
  if (/^[ZXx]$/.test(fields[STATE] ?? '')) return false
  const started = startOf(mark.pid)
  return mark.started === null || started === null || mark.started === started
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function startOf(pid: number): string | null {
  const ticks = statOf(pid)?.[START_TICKS]
  return ticks === undefined ? null : `${bootOf()}/${ticks}`
}

function statOf(pid: number): string[] | null {
  const text = textOf(`/proc/${pid}/stat`)
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Names this run of the machine; empty where the system does not tell. */
export function bootOf(): string {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not Linux, or the process is gone.
    return null
  }
}
