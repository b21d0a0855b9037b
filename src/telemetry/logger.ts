/**
 * log/finder.log and log/trades.log: JSON lines, redacted, rotated, and on the disk before the process ends. DEBUG is socket messages and trade
 * details, INFO is markets found, traders started and executions, ERROR is failed requests and connections, FATAL is what nobody expected.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import nodeCron from 'node-cron'
import { pino } from 'pino'
import type { Log } from '../domain/ports.ts'
import { createRedactor, type Redactor } from './redact.ts'

export type LogOptions = {
  readonly dir: string
  readonly level: string
  readonly maxMb: number
  readonly keep: number
  readonly base: Readonly<Record<string, string>>
  /** Values that must never be written. */
  readonly secrets?: readonly string[]
}

export type Logs = { readonly finder: Log; readonly trades: Log; close(): Promise<void> }

export function createLogs(options: LogOptions): Logs {
  mkdirSync(options.dir, { recursive: true })
  const redact = createRedactor(options.secrets ?? [])
  const finder = openLog('finder', options, redact)
  const trades = openLog('trades', options, redact)
  // Once an hour is enough for the size check too: a busy hour is a few megabytes.
  const task = nodeCron.schedule('0 * * * *', () => {
    finder.rotate()
    trades.rotate()
  })
  return {
    finder: finder.log,
    trades: trades.log,
    async close() {
      await task.destroy()
      await Promise.all([finder.close(), trades.close()])
    },
  }
}

type OpenLog = { readonly log: Log; rotate(): void; close(): Promise<void> }

function openLog(name: string, options: LogOptions, redact: Redactor): OpenLog {
  const file = join(options.dir, `${name}.log`)
  // Before it is opened: what is being opened cannot be flushed yet, and a bot that was killed beside a large file has to start again.
  if (isLarge(file, options)) moveAway(file, name, options)
  const destination = pino.destination({ dest: file, sync: false, minLength: 4_096 })
  const timer = setInterval(() => destination.flush(), 1_000)
  const logger = pino(
    {
      level: options.level,
      base: { ...options.base, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (data) => redact(data) as Record<string, unknown>,
      },
    },
    destination,
  )

  function write(level: 'debug' | 'info' | 'warn' | 'error') {
    return (message: string, data: Readonly<Record<string, unknown>> = {}): void =>
      logger[level](data, redact(message) as string)
  }

  function rotate(): void {
    if (!isLarge(file, options)) return
    destination.flushSync()
    moveAway(file, name, options)
    destination.reopen(file)
  }

  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    rotate,
    close() {
      clearInterval(timer)
      return new Promise((resolve) => {
        destination.once('close', () => resolve())
        destination.end()
      })
    },
  }
}

function isLarge(file: string, { maxMb }: LogOptions): boolean {
  return existsSync(file) && statSync(file).size >= maxMb * 1_000_000
}

/** The oldest of those before go. */
function moveAway(file: string, name: string, { dir, keep }: LogOptions): void {
  const stamp = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
  renameSync(file, join(dir, `${name}.${stamp}.log`))
  const old = readdirSync(dir)
    .filter((one) => one.startsWith(`${name}.2`))
    .sort()
  for (const one of old.slice(0, Math.max(0, old.length - keep))) unlinkSync(join(dir, one))
}
