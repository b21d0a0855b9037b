/**
 * Live trading wants a young generation so large that no collection of it falls into the last second, and that can only be said when a process
 * begins. A live run that was started without it starts itself once more, with it, and stands between: signals and the word `ready` pass
 * through, the exit code comes back, and neither outlives the other.
 */
import { spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { constants } from 'node:os'
import { loadConfig } from '../config/load.ts'
import { FORWARDED, LAUNCHED_BY } from './launched.ts'
import type { GlobalArgs } from './verb.ts'

/** In megabytes. */
const FLAGS = ['--min-semi-space-size=64', '--max-semi-space-size=64'] as const
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function lacksFlags(execArgv: readonly string[]): boolean {
  const given = execArgv.map((flag) => flag.split('=')[0]?.replaceAll('_', '-'))
  return FLAGS.some((flag) => !given.includes(flag.split('=')[0]))
}

/** The exit code of the process that does the work. */
export function relaunch(args: GlobalArgs): Promise<number> {
  const child = spawn(process.execPath, [...FLAGS, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: stdioWith(keyDescriptor(args)),
    env: { ...process.env, [LAUNCHED_BY]: String(process.pid) },
  })
  const handlers = PASSED_ON.map((signal) => {
    // By the channel and not as a signal: a terminal has sent it to both of us already.
    const handler = (): void => void child.send({ [FORWARDED]: signal }, ignoreClosed)
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  child.on('message', (message) => process.send?.(message, undefined, undefined, ignoreClosed))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const unlisten of handlers) unlisten()
      if (signal === null) return resolve(code ?? 0)
      // Whoever waits for us sees what happened to it.
      process.kill(process.pid, signal)
      resolve(128 + constants.signals[signal])
    })
  })
}

function ignoreClosed(): void {
  // The other end is gone, and its exit is told by itself.
}

/** The key of the wallet may come by a descriptor of ours, which the child would not get by itself. */
function keyDescriptor({ config, profile, logLevel }: GlobalArgs): number | null {
  try {
    const { keyFd } = loadConfig({ config, profile, logLevel, flags: {} }).config.wallet
    return keyFd === 'none' || keyFd < 3 ? null : keyFd
  } catch {
    // What is wrong with the settings the child says, once.
    return null
  }
}

export function stdioWith(keyFd: number | null): ('inherit' | 'ignore' | 'ipc' | number)[] {
  if (keyFd === null) return ['inherit', 'inherit', 'inherit', 'ipc']
  const rest = Array.from({ length: Math.max(keyFd - 2, 2) }, () => 'ignore' as const)
  const list: ('inherit' | 'ignore' | 'ipc' | number)[] = ['inherit', 'inherit', 'inherit', ...rest]
  list[keyFd === 3 ? 4 : 3] = 'ipc'
  if (isOpen(keyFd)) list[keyFd] = keyFd
  return list
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd)
    return true
  } catch {
    return false
  }
}
