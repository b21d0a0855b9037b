/** A live run that was started without its flags starts itself with them, and is one thing with its launcher. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lacksFlags, stdioWith } from '../../src/cli/launcher.ts'
import { until } from '../support/until.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const FLAGS = ['--min-semi-space-size=64', '--max-semi-space-size=64']
const LIVE = ['run', '--live', '--json', '--window', '600', '--first-close', '500']

let cwd: string
let started: ChildProcess[] = []

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'launcher-'))
  writeFileSync(join(cwd, 'lastsecond.yaml'), 'control: { port: 0 }\n')
})
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started = []
  rmSync(cwd, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

type Launched = { readonly launcher: ChildProcess; err(): string }

function launch(args: readonly string[] = LIVE, flags: readonly string[] = []): Launched {
  const launcher = spawn(process.execPath, [...flags, MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', LASTSECOND_HOME: cwd },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  started.push(launcher)
  let err = ''
  launcher.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  return { launcher, err: () => err }
}

type Ended = readonly [code: number | null, signal: NodeJS.Signals | null]

const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))
const counting = ({ err }: Launched) => until(() => err().includes('4...'))

/** Does it while the seconds are counted: again, with a new one, where this process was put aside until the count was over. */
async function inCountdown(act: (one: Launched) => void): Promise<{ one: Launched; over: Ended }> {
  for (let tries = 1; ; tries += 1) {
    const one = launch()
    await counting(one)
    const ending = ended(one.launcher)
    act(one)
    const over = await ending
    if (!one.err().includes('1...') || tries === 5) return { one, over }
  }
}

/** The runs that it started; an embedded venue is none. */
function childrenOf(pid: number | undefined): number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n')
  return list.flatMap((line) => {
    const [own, parent, ...words] = line.trim().split(/ +/)
    return parent === String(pid) && words.includes(MAIN) && words.includes('run')
      ? [Number(own)]
      : []
  })
}

function isRunning(pid: number): boolean {
  return (
    existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  )
}

test('it runs with the flags, once, and dies at once with a launcher that is killed', async () => {
  const one = launch()
  await counting(one)
  const [child] = childrenOf(one.launcher.pid)
  const words = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').slice(1, 5)
  expect(words).toEqual([...FLAGS, MAIN, 'run'])
  expect(childrenOf(child)).toEqual([])
  const over = ended(one.launcher)
  one.launcher.kill('SIGKILL')
  expect(await over).toEqual([null, 'SIGKILL'])
  await until(() => !isRunning(child as number), 20)
})

test('with the flags there is no second process', async () => {
  const one = launch(LIVE, FLAGS)
  await counting(one)
  expect(childrenOf(one.launcher.pid)).toEqual([])
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s to the launcher in the countdown aborts with exit code 7',
  async (signal) => {
    const { one, over } = await inCountdown(({ launcher }) => launcher.kill(signal))
    expect(over).toEqual([7, null])
    expect(one.err()).toMatch(/aborted before it began/)
  },
)

test('Ctrl-C, which a terminal sends to both, is one stop and not two', async () => {
  const { over } = await inCountdown(({ launcher }) => {
    const [child] = childrenOf(launcher.pid)
    process.kill(child as number, 'SIGINT')
    launcher.kill('SIGINT')
  })
  expect(over).toEqual([7, null])
})

test('a child that is killed is told as killed', async () => {
  const one = launch()
  await counting(one)
  const [child] = childrenOf(one.launcher.pid)
  const over = ended(one.launcher)
  process.kill(child as number, 'SIGKILL')
  expect(await over).toEqual([null, 'SIGKILL'])
})

test('exit codes pass, and what is wrong is said once', async () => {
  const locked = launch(['run', '--live', '--venue', 'polymarket'])
  expect(await ended(locked.launcher)).toEqual([7, null])
  writeFileSync(join(cwd, 'lastsecond.yaml'), 'limits: { maxBookAgeMs: 0 }\n')
  const wrong = launch()
  expect(await ended(wrong.launcher)).toEqual([4, null])
  expect(wrong.err().match(/maxBookAgeMs/g)).toHaveLength(1)
})

test('the word that it is ready passes to the process manager, and a stop is in order', async () => {
  const launcher = fork(MAIN, LIVE, {
    cwd,
    execArgv: [],
    env: { PATH: process.env['PATH'] ?? '', LASTSECOND_HOME: cwd },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  started.push(launcher)
  expect(await new Promise((resolve) => launcher.once('message', resolve))).toBe('ready')
  const over = ended(launcher)
  launcher.kill('SIGTERM')
  expect(await over).toEqual([0, null])
})

test('flags are known by their names, however they are written', () => {
  expect(lacksFlags([])).toBe(true)
  expect(lacksFlags(['--max-semi-space-size=64'])).toBe(true)
  expect(lacksFlags(['--max_semi_space_size=128', '--min_semi_space_size=128'])).toBe(false)
})

test('the descriptor of the key keeps its number, and the channel another', () => {
  expect(stdioWith(null)).toEqual(['inherit', 'inherit', 'inherit', 'ipc'])
  const fd = openSync(MAIN, 'r')
  const list = stdioWith(fd)
  expect([list[fd], list.filter((one) => one === 'ipc').length]).toEqual([fd, 1])
  expect(list.slice(0, 3)).toEqual(['inherit', 'inherit', 'inherit'])
  closeSync(fd)
  // Not open: the child says so itself, and does not take the channel for the key.
  expect(stdioWith(3).indexOf('ipc')).toBe(4)
})
