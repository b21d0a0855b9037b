/**
 * A small process beside a live bot. Its standard input is the bot's end of a pipe: when that closes without the word `clean`, the bot was killed
 * or crashed, and whatever of its account rests at the venue is withdrawn. Signals are not for it: a terminal and a process manager send them
 * to everybody, and it has to outlive the bot.
 */
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { withdrawAll } from '../venues/polymarket/withdraw-all.ts'
import { CLEAN, READY, type WatchdogTask, watchdogTask } from './watchdog-task.ts'

const TRY_FOR_MS = 60_000
const TRY_EVERY_MS = 1_000
const GONE = /ECONNREFUSED/

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const)
  process.on(signal, () => undefined)
// Nobody may be there any more to read what it says.
process.stdout.on('error', () => undefined)

let task: WatchdogTask | null = null
let clean = false
const lines = createInterface({ input: process.stdin })
process.stdin.on('error', () => lines.close())
lines.on('line', (line) => {
  if (line === CLEAN) {
    clean = true
    lines.close()
    process.stdin.destroy()
  } else {
    task = watchdogTask.parse(JSON.parse(line))
    process.stdout.write(`${READY}\n`)
  }
})
lines.once('close', () => {
  if (clean || task === null) return
  const { logFile, base, ...account } = task
  const options = {
    ...account,
    forMs: TRY_FOR_MS,
    everyMs: TRY_EVERY_MS,
    nowMs: Date.now,
  }
  withdrawAll(options).then(
    (withdrawal) => {
      // An embedded venue that died with the bot has taken its orders with it.
      if (!withdrawal.done && base['venue'] === 'local' && GONE.test(withdrawal.reason)) return
      const told = withdrawal.done
        ? { level: 'warn', orders: withdrawal.orders }
        : { level: 'error', reason: withdrawal.reason }
      const msg = withdrawal.done
        ? 'the bot ended without a word; the watchdog withdrew what rested at the venue'
        : 'the bot ended without a word, and the watchdog could not withdraw what rests at the venue; withdraw it by hand'
      const { level, ...data } = told
      const time = new Date().toISOString()
      const line = JSON.stringify({ level, time, ...base, pid: process.pid, ...data, msg })
      appendFileSync(logFile, `${line}\n`)
    },
    // It answers, whatever happens; nobody is left to be told otherwise.
    () => undefined,
  )
})
