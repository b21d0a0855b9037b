/** Runs what was built, as a person would: in a folder, with an environment that holds only what is given. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

export type How = {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Written to its standard input, which is then closed; without it there is none. */
  readonly input?: string
  /** Open file descriptor of ours that becomes its number 3. */
  readonly third?: number
}

export function commandLine(args: readonly string[], how: How): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: how.cwd,
    env: { PATH: process.env['PATH'] ?? '', LASTSECOND_HOME: how.cwd, ...how.env },
    stdio: [
      how.input === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(how.third === undefined ? [] : [how.third]),
    ],
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  // Who refuses early does not read to the end.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(how.input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}
