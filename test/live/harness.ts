/** A live bot on an embedded venue of its own, and the books of both held side by side. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { expect } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))

export type VenueTrade = {
  readonly id: string
  readonly status: string
  readonly trader_side: string
}
export type VenueOrder = {
  readonly id: string
  readonly status: string
  readonly order_type: string
  readonly side: string
  readonly size_matched: string
}
export type VenueLedger = {
  readonly dollars: number
  readonly reserved: number
  readonly orders: readonly VenueOrder[]
  readonly trades: readonly VenueTrade[]
  readonly positions: readonly { readonly up: number; readonly down: number }[]
}

export type LiveArgs = {
  /** Lines of the settings beyond the usual ones. */
  readonly settings: readonly string[]
  readonly assets?: string
  readonly intervals?: string
  readonly seed?: number
  readonly windowSec?: number
  /** As `--profile` gives it. */
  readonly profile?: string
  readonly mode?: 'dry' | 'live'
}

export type LiveRun = Awaited<ReturnType<typeof aLiveRun>>

export async function aLiveRun(args: LiveArgs) {
  const { seed = 1, windowSec = 12, assets = 'btc, eth', intervals = '5m', mode = 'live' } = args
  const folder = mkdtempSync(join(tmpdir(), 'live-'))
  const venue: RunningVenue = await startLocalVenue({
    profile: 'demo',
    seed,
    windowSec,
    firstCloseSec: windowSec + 3,
    resolutionDelayMs: 300,
  })
  const file = (name: string): string => join(folder, name)
  const json = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(file('venue.json'), JSON.stringify(json))
  const yaml = (settings: readonly string[]): string =>
    [
      `assets: [${assets}]`,
      `intervals: [${intervals}]`,
      'discovery: { minTimeToStartSec: 1, startBufferSec: 10, warmUpSec: 1, pollIntervalSec: 5, cleanUpSec: 1 }',
      'control: { port: 0 }',
      `dataDir: ${folder}/data`,
      `log: { dir: ${folder}/log, marketDir: ${folder}/logs, level: debug }`,
      ...settings,
      '',
    ].join('\n')
  writeFileSync(file('bot.yaml'), yaml(args.settings))
  const bots: ChildProcess[] = []
  let complaints = ''

  function start(): ChildProcess {
    const child = spawn(process.execPath, [CHILD, file('bot.yaml'), file('venue.json')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...(args.profile === undefined ? {} : { BOT_PROFILE: args.profile }),
        ...(mode === 'dry' ? { BOT_DRY: '1' } : {}),
      },
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints += chunk.toString()
    })
    bots.push(child)
    return child
  }

  function ended(child: ChildProcess): Promise<number | null> {
    return new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
      else child.once('exit', resolve)
    })
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
    child.kill(signal)
    return await ended(child)
  }

  function ask<Shape>(sql: string): Shape[] {
    if (!existsSync(file(`data/local/${mode}/ledger.db`))) return []
    try {
      const database = new Database(file(`data/local/${mode}/ledger.db`), { readonly: true })
      try {
        return database.prepare(sql).all() as Shape[]
      } finally {
        database.close()
      }
    } catch {
      // It is made only now.
      return []
    }
  }
  const count = (from: string): number =>
    ask<{ count: number }>(`SELECT COUNT(*) AS count FROM ${from}`)[0]?.count ?? 0

  const control = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(`${venue.endpoints.control}${path}`)).json()) as Answer
  const ledger = (): Promise<VenueLedger> => control(`/ledger/${venue.account.address}`)
  /** How often each route of the venue was asked for. */
  const requests = (): Promise<Readonly<Record<string, number>>> => control('/requests')

  /** Our books' money, and what of it the venue has not paid for yet. */
  function books(): number {
    const [row] = ask<{ money: number }>(
      `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starting_cash_micro_usd')
      - (SELECT COALESCE(SUM(cost_micro_usd + fee_micro_usd), 0) FROM orders)
      + (SELECT COALESCE(SUM(payout_micro_usd), 0) FROM settlements WHERE condition_id IN (SELECT condition_id FROM redemptions))
      + (SELECT COALESCE(SUM(micro_usd), 0) FROM transfers) AS money`,
    )
    return row?.money ?? Number.NaN
  }

  const log = (): string =>
    existsSync(file('log/trades.log')) ? readFileSync(file('log/trades.log'), 'utf8') : ''

  const unsettled = (): number =>
    count('orders WHERE condition_id NOT IN (SELECT condition_id FROM settlements)')
  const unpaid = (): number =>
    count(
      'settlements WHERE payout_micro_usd > 0 AND condition_id NOT IN (SELECT condition_id FROM redemptions)',
    )

  return {
    ...{ folder, venue, start, ended, end, ask, count, ledger, requests, books, log },
    complaints: () => complaints,
    /** Waits while the bot runs; one that ended says why. */
    async until(
      child: ChildProcess,
      look: () => boolean | Promise<boolean>,
      withinMs?: number,
    ): Promise<void> {
      const isOver = async () => child.exitCode !== null || (await look())
      await until(isOver, 100, withinMs).catch((error: unknown) => {
        throw new Error(`it did not come: ${complaints}`, { cause: error })
      })
      expect(child.exitCode, complaints).toBe(null)
    },
    fault: (body: object) =>
      fetch(`${venue.endpoints.control}/faults`, { method: 'POST', body: JSON.stringify(body) }),
    noFaults: () => fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' }),

    /** A power cut takes the watchdog as well. */
    killWatchdogOf({ pid }: ChildProcess): void {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
      for (const child of children.split(' ')) process.kill(Number(child), 'SIGKILL')
    },

    /** Ends it in order; what was still open is brought to its end by one that begins nothing. */
    async settleAll(child: ChildProcess): Promise<void> {
      await end(child)
      if (unsettled() === 0 && unpaid() === 0) return
      writeFileSync(file('bot.yaml'), yaml([...args.settings, 'tradeEnabled: false']))
      const last = start()
      await until(() => unsettled() === 0 && unpaid() === 0, 200).catch((error: unknown) => {
        throw new Error(`not settled: ${unsettled()} ${unpaid()} ${complaints}`, { cause: error })
      })
      await end(last)
    },

    /** To the millionth, with nothing left at the venue. */
    async expectBalanced(): Promise<VenueLedger> {
      const theirs = await ledger()
      expect(ask('SELECT * FROM transfers'), complaints).toEqual([])
      const open = ask(
        "SELECT order_id, state, reason FROM orders WHERE state IN ('unknown', 'sent', 'resting')",
      )
      expect(open).toEqual([])
      if (books() !== theirs.dollars)
        writeFileSync(file('venue-ledger.json'), JSON.stringify(theirs, null, 1))
      expect(books(), `${complaints}; kept in ${folder}`).toBe(theirs.dollars)
      expect(theirs.orders.filter(({ status }) => status === 'LIVE')).toEqual([])
      expect(theirs.reserved).toBe(0)
      const told = log().split('\n')
      expect(told.filter((line) => line.includes('the books differ'))).toEqual([])
      return theirs
    },

    async close(): Promise<void> {
      for (const bot of bots) bot.kill('SIGKILL')
      await venue.close()
      if (process.env['LIVE_KEEP'] === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Gates that a bot cannot pass that has just started and knows no price yet, and windows that are shorter than any real one. */
export const GATES_OFF =
  'gates: { lateJoinSec: off, bookWholeSec: off, strikeAtLeast: off, strikeConflictMax: off, printAgeMaxSec: off, printGapsMax: off, volatilityMax: off, feedDivergenceMax: off, bookDivergenceMax: off, impactSigmas: off, rule: off, zoneFromSec: off, zoneToSec: off, impactBook: off }'

/** Waits close to the middle, so that the crowd comes by. */
export const MAKER = [
  'strategy: market-maker',
  'params: { spread: 0.01, fromSec: 11, toSec: 2, divergence: 1, guardSigma: 1 }',
  GATES_OFF,
]
