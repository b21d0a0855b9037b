/** The bot's side of its watchdog: started before the first order can leave, told how to end, and replaced when it is gone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Log } from '../domain/ports.ts'
import { UserError } from '../domain/user-error.ts'
import { environmentOfChild } from './venue-child.ts'
import { CLEAN, READY, type WatchdogTask } from './watchdog-task.ts'

const START_TIMEOUT_MS = 30_000
const REPLACE_AFTER_MS = 1_000
/** It has nothing to do after the word, so it ends at once. */
const END_TIMEOUT_MS = 2_000

export type Watchdog = {
  /** Nothing of ours rests: it ends and does nothing. */
  dismiss(): Promise<void>
  /** Something may rest still: it takes over, and outlives us for a minute at most. */
  release(): void
}

export async function startWatchdog(task: WatchdogTask, log: Log): Promise<Watchdog> {
  let leaving = false
  let timer: NodeJS.Timeout | undefined
  let child = await start(task)
  replaceWhenGone()

  function replaceWhenGone(): void {
    child.once('exit', () => {
      if (leaving) return
      log.warn('the watchdog of resting orders ended; another one is started')
      timer = setTimeout(replace, REPLACE_AFTER_MS)
    })
  }

  function replace(): void {
    start(task).then(
      (next) => {
        child = next
        if (leaving) child.stdin?.end(`${CLEAN}\n`)
        else replaceWhenGone()
      },
      (error: unknown) => {
        if (leaving) return
        log.error('there is no watchdog of resting orders', { error })
        timer = setTimeout(replace, START_TIMEOUT_MS)
      },
    )
  }

  return {
    async dismiss() {
      leaving = true
      clearTimeout(timer)
      const over = ended(child)
      child.stdin?.end(`${CLEAN}\n`)
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, END_TIMEOUT_MS))])
    },
    release() {
      leaving = true
      clearTimeout(timer)
      child.unref()
      child.stdin?.end()
    },
  }
}

function start(task: WatchdogTask): Promise<ChildProcess> {
  // A group of its own: what ends the bot's whole group must not end it.
  const child = spawn(process.execPath, [script()], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environmentOfChild(),
    detached: true,
  })
  // It may be gone before everything is written; its exit says so.
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(task)}\n`)
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new UserError('preflight', `the watchdog of resting orders ${why}`))
    }
    const timer = setTimeout(() => fail('did not start within 30 seconds'), START_TIMEOUT_MS)
    child.once('error', (error) => fail(`cannot be started: ${error.message}`))
    child.once('exit', () => fail('ended before it was ready'))
    createInterface({ input: child.stdout }).once('line', (line) => {
      if (line !== READY) return fail('said something else than that it is ready')
      clearTimeout(timer)
      child.removeAllListeners('exit')
      child.stdout.destroy()
      resolve(child)
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Beside this file when built; from source the built one is started. */
function script(): string {
  const here = fileURLToPath(import.meta.url)
  const path = extname(here) === '.js' ? './watchdog.js' : '../../dist/cli/watchdog.js'
  return fileURLToPath(new URL(path, import.meta.url))
}
