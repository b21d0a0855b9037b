/**
 * The embedded venue as a child process. It lives as long as this process: its standard input is our end of a pipe, and it stops when the
 * pipe closes, however we die.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SECRET_NAMES } from '../config/schema.ts'
import { UserError } from '../domain/user-error.ts'
import { EXIT } from './verb.ts'

/** Patience for a crowded machine: on a free one it takes half a second. */
const START_TIMEOUT_MS = 60_000

export type VenueChild = {
  /** The JSON line with all the addresses. */
  readonly line: string
  /** Tells when it ends without being asked to. */
  onGone(tell: (reason: string) => void): void
  stop(): Promise<void>
}

export async function startVenueChild(
  flags: readonly string[],
  timeoutMs = START_TIMEOUT_MS,
): Promise<VenueChild> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [main, 'venue', '--port', '0', '--json', '--parent', ...flags],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environmentOfChild(),
    },
  )
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let line: string
  try {
    line = await firstLine(child.stdout, ended, () => complaint, timeoutMs)
  } catch (error) {
    // Left alive it would keep this process alive, too.
    child.kill('SIGKILL')
    throw error
  }
  let asked = false
  return {
    line,
    onGone(tell) {
      child.once('exit', (code, signal) => {
        if (!asked) tell(signal === null ? `exit code ${code}` : `ended by ${signal}`)
      })
    },
    async stop() {
      asked = true
      child.stdin.end()
      await ended
    },
  }
}

function firstLine(
  stdout: NodeJS.ReadableStream,
  ended: Promise<number | null>,
  complaint: () => string,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const sentence = `the embedded venue did not start within ${timeoutMs / 1_000} seconds`
      reject(new UserError('timeout', sentence))
    }, timeoutMs)
    const lines = createInterface({ input: stdout })
    lines.once('line', (line) => {
      clearTimeout(timer)
      resolve(line)
    })
    ended.then(
      (code) => {
        clearTimeout(timer)
        reject(refusal(code, complaint().trim()))
      },
      // `ended` only ever resolves.
      reject,
    )
  })
}

/** It needs no key, and what a process was born with can be read from outside as long as it lives. */
export function environmentOfChild(): NodeJS.ProcessEnv {
  const secret = new Set<string>(SECRET_NAMES)
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !secret.has(name)))
}

/** A flag that the venue does not take is the fault of whoever typed it here: its sentence is passed on as ours. */
function refusal(code: number | null, complaint: string): UserError {
  const sentence = complaint.replace(/^lastsecond: /, '')
  if (code === EXIT.usage) return new UserError('usage', sentence)
  return new UserError('general', `the embedded venue ended before it was ready: ${sentence}`)
}
