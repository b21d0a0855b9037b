import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, ownMark } from '../../src/ledger/process-mark.ts'
import { takeWalletLock, type WalletLock } from '../../src/ledger/wallet-lock.ts'

const CHILD = fileURLToPath(new URL('./lock-child.mjs', import.meta.url))
const ADDRESS = '0xAb00000000000000000000000000000000000001'
const VENUE = 'http://127.0.0.1:4000'

type Said = {
  readonly token?: number
  readonly kind?: string
  readonly message?: string
  readonly holds?: boolean
}

let home: string
let children: ChildProcess[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(home, { recursive: true, force: true })
})

function take(change: Partial<Parameters<typeof takeWalletLock>[0]> = {}): WalletLock {
  return takeWalletLock({ home, address: ADDRESS, venue: VENUE, folder: '/here', ...change })
}

function other(): ChildProcess {
  const child = fork(CHILD, [home, ADDRESS, VENUE, '/data/of/the/other'], { execArgv: [] })
  children.push(child)
  return child
}

const word = (child: ChildProcess): Promise<Said> =>
  new Promise((resolve) => child.once('message', (said) => resolve(said as Said)))
const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.once('exit', () => resolve()))
const claims = (): string[] => readdirSync(join(home, 'locks'))

async function kill(child: ChildProcess): Promise<void> {
  const end = ended(child)
  child.kill('SIGKILL')
  await end
}

/** As if this process had written it. */
function forge(token: number, change: object): void {
  const [file] = claims()
  const name = (file ?? '').replace(/\.\d+$/, '')
  const text = JSON.stringify({ ...ownMark(), folder: '/forged', nonce: 'forged', ...change })
  writeFileSync(join(home, 'locks', `${name}.${token}`), text)
}

test('a living owner is named, and its lock is not taken', async () => {
  const first = other()
  expect(await word(first)).toEqual({ token: 1 })
  expect(() => take()).toThrow(
    expect.objectContaining({
      kind: 'preflight',
      message: expect.stringMatching(
        new RegExp(`process ${first.pid}, data folder /data/of/the/other`),
      ),
    }),
  )
  const second = await word(other())
  expect(second.kind).toBe('preflight')
  expect(second.message).toContain(String(first.pid))
})

test('the same wallet elsewhere, and another wallet here, have locks of their own', () => {
  take()
  expect(take({ venue: 'http://127.0.0.1:4001' }).token).toBe(1)
  expect(take({ address: ADDRESS.replace(/1$/, '2') }).token).toBe(1)
  expect(() => take({ address: ADDRESS.toLowerCase(), venue: `${VENUE}/path` })).toThrow(
    /trades with this wallet/,
  )
})

test('the lock of a killed owner is taken over with a higher token', async () => {
  const first = other()
  await word(first)
  await kill(first)
  const second = other()
  expect(await word(second)).toEqual({ token: 2 })
  await kill(second)
  expect(take().token).toBe(3)
  expect(claims()).toHaveLength(1)
})

test('a recycled pid is not taken for the owner of before', () => {
  take().release()
  const mark = ownMark()
  expect(mark.started).not.toBe(null)
  take()
  // Our own pid, which lives, but began at another moment.
  const lock = join(home, 'locks', claims()[0] ?? '')
  writeFileSync(
    lock,
    JSON.stringify({ ...mark, started: `${mark.started}0`, folder: '/old', nonce: 'old' }),
  )
  expect(take().token).toBe(2)
})

test('a process that runs is alive, one that began at another moment is not', () => {
  const mark = ownMark()
  expect(isAlive(mark)).toBe(true)
  expect(isAlive({ ...mark, started: null })).toBe(true)
  expect(isAlive({ ...mark, started: 'another boot/1' })).toBe(false)
  expect(isAlive({ pid: 0, started: null })).toBe(false)
  expect(isAlive({ pid: 2 ** 30, started: null })).toBe(false)
})

test('who was taken for dead and is not sees the higher token', async () => {
  const first = other()
  await word(first)
  // Somebody who cannot see that it lives.
  forge(2, {})
  first.send('ask')
  expect(await word(first)).toEqual({ holds: false })
})

test('a claim that is gone or changed is no claim', () => {
  const lock = take()
  expect(lock.holds()).toBe(true)
  forge(1, {})
  expect(lock.holds()).toBe(false)
  lock.release()
  // What is somebody else's by now stays.
  expect(claims()).toHaveLength(1)
  rmSync(home, { recursive: true })
  expect(lock.holds()).toBe(false)
})

test('a claim that cannot be read is taken over', () => {
  take()
  writeFileSync(join(home, 'locks', claims()[0] ?? ''), 'no claim')
  expect(take().token).toBe(2)
})

test('a released lock leaves nothing behind and is free', () => {
  const lock = take()
  const [file] = claims()
  expect(JSON.parse(readFileSync(join(home, 'locks', file ?? ''), 'utf8'))).toMatchObject({
    pid: process.pid,
    folder: '/here',
  })
  lock.release()
  expect(claims()).toEqual([])
  expect(take().token).toBe(1)
})

test('of many that start in the same moment one gets it', async () => {
  const dead = other()
  await word(dead)
  await kill(dead)
  const said = await Promise.all(Array.from({ length: 6 }, () => word(other())))
  expect(said.filter(({ token }) => token !== undefined)).toHaveLength(1)
  expect(said.filter(({ kind }) => kind === 'preflight')).toHaveLength(5)
})

test('a folder that cannot be used is told', () => {
  const file = join(home, 'file')
  writeFileSync(file, '')
  expect(() => take({ home: file })).toThrow(/LASTSECOND_HOME/)
})
