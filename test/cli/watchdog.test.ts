/** What rests at the venue dies with the bot, however the bot ends. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClobClient, OrderType, Side } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'

const CHILD = fileURLToPath(new URL('../live/child.mjs', import.meta.url))

let venue: RunningVenue
let folder: string
let bot: ChildProcess | null = null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
  venue = await startLocalVenue({ profile: 'demo', seed: 1, windowSec: 600, firstCloseSec: 500 })
  writeFileSync(
    join(folder, 'venue.json'),
    JSON.stringify({ ...venue.endpoints, account: venue.account, chainId: venue.chainId }),
  )
  writeFileSync(
    join(folder, 'bot.yaml'),
    `assets: [btc]\ncontrol: { port: 0 }\ndataDir: ${folder}/data\nlog: { dir: ${folder}/log, marketDir: ${folder}/logs }\n`,
  )
})
afterEach(async () => {
  bot?.kill('SIGKILL')
  await venue.close()
  rmSync(folder, { recursive: true, force: true })
})

async function startBot(): Promise<ChildProcess> {
  const child = fork(CHILD, [join(folder, 'bot.yaml'), join(folder, 'venue.json')], {
    execArgv: [],
    env: { PATH: process.env['PATH'] ?? '', LASTSECOND_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  bot = child
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`the bot ended with ${code}: ${complaint}`)))
  })
  return child
}

/** A bid of our account that rests, placed by the venue's own client. */
async function restingOrder(): Promise<string> {
  const wallet = new Wallet(venue.account.privateKey)
  const options = {
    host: venue.endpoints.clob,
    chain: 137,
    useServerTime: true,
    throwOnError: true,
    signer: {
      getAddress: () => Promise.resolve(wallet.address),
      _signTypedData: (
        domain: object,
        types: Record<string, { name: string; type: string }[]>,
        value: object,
      ) => wallet.signTypedData(domain, types, value),
    },
  }
  const creds = await new ClobClient(options).deriveApiKey()
  const client = new ClobClient({ ...options, creds })
  const { windows } = await control<{ windows: { phase: string; tokens: { up: string } }[] }>(
    '/state',
  )
  const open = windows.find(({ phase }) => phase === 'open')
  const { orderID } = await client.createAndPostOrder(
    { tokenID: open?.tokens.up ?? '', price: 0.01, size: 10, side: Side.BUY },
    { tickSize: '0.01', negRisk: false },
    OrderType.GTC,
  )
  expect(await statusOf(orderID)).toBe('LIVE')
  return orderID
}

async function control<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${venue.endpoints.control}${path}`)).json()) as Answer
}

async function statusOf(id: string): Promise<string | undefined> {
  const { orders } = await control<{ orders: { id: string; status: string }[] }>(
    `/ledger/${venue.account.address}`,
  )
  return orders.find((order) => order.id === id)?.status
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)))

function watchdogOf(child: ChildProcess): number {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n')
  const line = list.find(
    (one) => one.includes('/watchdog.js') && one.trim().split(/ +/)[1] === String(child.pid),
  )
  return Number(line?.trim().split(/ +/)[0])
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function logged(): string {
  const file = join(folder, 'log/trades.log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

test('killed, its resting orders are withdrawn, with one line, and the watchdog ends', async () => {
  const child = await startBot()
  const order = await restingOrder()
  const watchdog = watchdogOf(child)
  // What a terminal sends to everybody is not for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(watchdog, signal)
  const over = ended(child)
  child.kill('SIGKILL')
  await over
  await until(async () => (await statusOf(order)) === 'CANCELED')
  await until(() => !isRunning(watchdog))
  const lines = logged()
    .split('\n')
    .filter((line) => line.includes('watchdog'))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', mode: 'live', orders: 1 })
})

test('it tries again while the venue refuses', async () => {
  const child = await startBot()
  const order = await restingOrder()
  const watchdog = watchdogOf(child)
  await fetch(`${venue.endpoints.control}/faults`, {
    method: 'POST',
    body: JSON.stringify({ name: 'order-425', probability: 1 }),
  })
  const over = ended(child)
  child.kill('SIGKILL')
  await over
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await statusOf(order)).toBe('LIVE')
  await fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
  await until(async () => (await statusOf(order)) === 'CANCELED')
  await until(() => !isRunning(watchdog))
})

test('ended in order, the bot withdraws them itself, and the watchdog says nothing', async () => {
  const child = await startBot()
  const order = await restingOrder()
  const watchdog = watchdogOf(child)
  const over = ended(child)
  child.kill('SIGTERM')
  expect(await over).toBe(0)
  expect(await statusOf(order)).toBe('CANCELED')
  expect(isRunning(watchdog)).toBe(false)
  expect(logged()).not.toContain('watchdog')
})

test('an orderly end that cannot withdraw leaves it to the watchdog', async () => {
  const child = await startBot()
  const order = await restingOrder()
  await fetch(`${venue.endpoints.control}/faults`, {
    method: 'POST',
    body: JSON.stringify({ name: 'order-425', probability: 1 }),
  })
  const over = ended(child)
  child.kill('SIGTERM')
  await over
  expect(await statusOf(order)).toBe('LIVE')
  await fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
  await until(async () => (await statusOf(order)) === 'CANCELED')
})

test('a watchdog that dies is replaced, and nothing secret stands in its arguments', async () => {
  const child = await startBot()
  const first = watchdogOf(child)
  const words = readFileSync(`/proc/${first}/cmdline`, 'utf8')
  const variables = readFileSync(`/proc/${first}/environ`, 'utf8')
  const secrets = JSON.stringify(venue.account)
  expect(words.split('\0').filter((word) => word !== '')).toHaveLength(2)
  expect(secrets).toContain(venue.account.privateKey)
  expect(words + variables).not.toContain(venue.account.privateKey.slice(2))
  process.kill(first, 'SIGKILL')
  await until(() => {
    const pid = watchdogOf(child)
    return pid > 0 && pid !== first
  })
  const over = ended(child)
  child.kill('SIGTERM')
  expect(await over).toBe(0)
})

test('a second bot with the same wallet is refused with its name, and the first goes on', async () => {
  const child = await startBot()
  writeFileSync(
    join(folder, 'bot.yaml'),
    `${readFileSync(join(folder, 'bot.yaml'), 'utf8').replace('/data', '/data2')}`,
  )
  const first = bot
  await expect(startBot()).rejects.toThrow(
    new RegExp(`process ${child.pid}, data folder ${folder}/data/local/live`),
  )
  bot = first
  expect(child.exitCode).toBe(null)
})
