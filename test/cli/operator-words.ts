/** The program as operators use it: a bot that runs beside, and words to it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { untilHolds } from '../support/until.ts'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const folder = () => mkdtempSync(join(tmpdir(), 'operator-'))
const running = new Set<ChildProcess>()

export type Program = {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  readonly code: Promise<number | null>
}

export function program(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Program {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', CONTROL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const code = new Promise<number | null>((resolve) =>
    child.once('close', (status) => {
      running.delete(child)
      resolve(status)
    }),
  )
  return { child, said, code }
}

export async function cli(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const { said, code } = program(args, cwd, env)
  return { code: await code, ...said }
}

/** A word to a bot that may be put aside for longer than the verb waits: said again then, as a person would. */
export async function word(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  for (let tries = 1; ; tries += 1) {
    const heard = await cli(args, cwd, env)
    if (heard.code !== 5 || tries === 10) return heard
  }
}

type Engine = { paused: boolean; halted: boolean; stopping: boolean }

export async function engineOf(cwd: string): Promise<Engine | null> {
  const { code, out } = await cli(['status', '--json'], cwd)
  return code === 0 ? (JSON.parse(out) as { engine: Engine }).engine : null
}

/** Reports come four times a second, so that a word shows a moment after it was taken. */
export async function shows(cwd: string, wanted: Partial<Engine>): Promise<void> {
  await untilHolds(async () => expect(await engineOf(cwd)).toMatchObject(wanted))
}

export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
