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
    if (!existsSync(file) || statSync(file).size < options.maxMb * 1_000_000) return
    destination.flushSync()
    const stamp = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
    renameSync(file, join(options.dir, `${name}.${stamp}.log`))
    destination.reopen(file)
    const old = readdirSync(options.dir)
      .filter((one) => one.startsWith(`${name}.2`))
      .sort()
    for (const one of old.slice(0, Math.max(0, old.length - options.keep)))
      unlinkSync(join(options.dir, one))
  }

  rotate()
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
