/** The program that was built, in a folder of its own, with an environment that holds only what is given. */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const folder = () => mkdtempSync(join(tmpdir(), 'cli-'))

export type Result = { code: number | null; out: string; err: string }

export function cli(
  args: readonly string[],
  cwd = folder(),
  env: Record<string, string> = {},
): Promise<Result> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const result = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    result.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    result.err += chunk.toString()
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...result })))
}
