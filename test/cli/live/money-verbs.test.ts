/** The verbs of money as a person types them, against an embedded venue with a ledger of live trading beside it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_LATENCY } from '../../../src/domain/facts.ts'
import { conditionId } from '../../../src/domain/ids.ts'
import { microUsdc } from '../../../src/domain/units.ts'
import { openLedger } from '../../../src/ledger/ledger.ts'
import { type RunningVenue, startLocalVenue } from '../../../src/local-venue/venue.ts'
import { ownClock } from '../../local-venue/support.ts'
import { aMarket, at } from '../../support/builders.ts'
import { commandLine, type Ran } from '../../support/command-line.ts'
import { until } from '../../support/until.ts'
import { approveDollars } from './chain.ts'

const V1 = '0xE111180000d2663C0091e4f400237545B87B996B'
const CASH = microUsdc(10_000_000_000)
const PAYOUT = microUsdc(5_000_000)
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** No window closes while a slow machine asks about it, unless it is meant to. */
const clock = ownClock(Date.now(), true)
let venue: RunningVenue
let cwd: string
const ledgerPath = () => join(cwd, 'data/local/live/ledger.db')

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'money-'))
  mkdirSync(join(cwd, 'data/local/live'), { recursive: true })
  venue = await startLocalVenue({
    clock,
    profile: 'demo',
    seed: 5,
    windowSec: 600,
    firstCloseSec: 300,
    ratePerSec: 2,
    resolutionDelayMs: 100,
  })
  const line = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(join(cwd, 'venue.json'), JSON.stringify(line))
})

afterAll(async () => {
  await venue.close()
  rmSync(cwd, { recursive: true, force: true })
})

const cli = (...args: string[]): Promise<Ran> =>
  commandLine([...args, '--venue-json', 'venue.json'], { cwd })

type Window = { readonly conditionId: string; readonly phase: string; readonly endsAt: number }

async function windows(phase: string): Promise<readonly Window[]> {
  const state = (await (await fetch(`${venue.endpoints.control}/state`)).json()) as {
    windows: readonly Window[]
  }
  return state.windows.filter((one) => one.phase === phase)
}

/** A ledger that counts a win of this window, with the books before it as the venue has them. */
async function won(condition: string): Promise<void> {
  const ledger = await openLedger({ path: ledgerPath(), startingCash: CASH, log: silent })
  const market = { ...aMarket(), conditionId: conditionId(condition), slug: condition.slice(0, 12) }
  ledger.accept({ kind: 'found', at: at(1), market })
  ledger.accept({
    kind: 'settled',
    at: at(2),
    settlement: {
      market,
      decision: 'fired',
      reason: 'a test',
      winner: 'UP',
      winnerSource: 'a test',
      side: 'UP',
      order: null,
      outcome: null,
      payout: PAYOUT,
      pnl: PAYOUT,
      cash: microUsdc(CASH + PAYOUT),
      latency: NO_LATENCY,
    },
  })
  await ledger.close()
}

test('balance counts what there is, before there is a ledger', async () => {
  const ran = await cli('balance', '--json')
  expect([ran.code, ran.err]).toEqual([0, ''])
  expect(JSON.parse(ran.out)).toEqual({
    address: venue.account.address,
    venue: '10000',
    chain: '10000',
    openOrders: [],
    notAllowed: [],
    unredeemed: [],
    ledger: null,
    difference: null,
  })
  expect((await cli('balance')).out).toMatch(/ledger +there is none of live trading yet/)
})

test('without a ledger nobody knows what was won', async () => {
  const ran = await cli('redeem')
  expect([ran.code, ran.err]).toEqual([3, expect.stringMatching(/name the window: lastsecond/)])
})

test('a win is counted, redeemed once, and marked', async () => {
  clock.moveTo(Math.min(...(await windows('open')).map(({ endsAt }) => endsAt)) + 200)
  await until(async () => (await windows('resolved')).length > 0)
  const [window] = await windows('resolved')
  const condition = window?.conditionId ?? ''
  await won(condition)
  const before = JSON.parse((await cli('balance', '--json')).out) as object
  expect(before).toMatchObject({
    unredeemed: [{ conditionId: condition, payout: '5' }],
    ledger: { cash: '10005', openWindows: 0 },
    difference: '0',
  })
  expect((await cli('balance')).out).toMatch(/difference +none: ledger and venue agree/)

  const redeemed = await cli('redeem', '--json')
  expect([redeemed.code, JSON.parse(redeemed.out)]).toEqual([
    0,
    [{ conditionId: condition, redeemed: true, payout: '5' }],
  ])
  const again = await cli('redeem')
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^Nothing to redeem/)])
  // The venue never had that win: now the ledger counts money that is not there, and it is said.
  const after = await cli('balance')
  expect(after.out).toMatch(/the venue has 5\.00 USD less than the ledger accounts for/)
})

test('a window without a winner yet is not paid, and says so', async () => {
  // The one furthest from its close: an open one may end before a crowded machine has asked.
  const [furthest] = [...(await windows('upcoming'))].sort((a, b) => b.endsAt - a.endsAt)
  const ran = await cli('redeem', furthest?.conditionId ?? '')
  expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/does not know the winner/)])
})

test('a ledger that another process writes is left alone', async () => {
  const lock = `${ledgerPath()}.lock`
  writeFileSync(lock, String(process.pid))
  try {
    const ran = await cli('redeem')
    expect(ran.code).toBe(7)
    expect(ran.err).toMatch(
      new RegExp(`running \\(process ${process.pid}\\) and redeems by itself`),
    )
  } finally {
    rmSync(lock)
  }
})

test('approve says what it would do, does it when told, and then has nothing left to do', async () => {
  const none = await cli('approve')
  expect([none.code, none.out]).toEqual([
    0,
    expect.stringMatching(/^Everything is allowed already/),
  ])
  await approveDollars(venue, V1, 0n)
  const said = await cli('approve')
  expect(said.code).toBe(7)
  expect(said.out).toMatch(
    new RegExp(
      `would allow, without limit:\n {2}the exchange of v1 windows \\(${V1}\\) to spend dollars`,
    ),
  )
  expect(said.out).toMatch(/Nothing was sent; to do it: lastsecond approve --yes/)
  expect(JSON.parse((await cli('approve', '--json')).out)).toEqual({
    missing: [{ of: 'dollars', to: V1 }],
    done: false,
  })
  const done = await cli('approve', '--yes')
  expect([done.code, done.out]).toEqual([0, expect.stringMatching(/^Allowed by 0x/)])
  expect((await cli('approve')).code).toBe(0)
})

test('a live run refuses with the words of the doctor', async () => {
  await approveDollars(venue, V1, 0n)
  const words = `allowance v1: the exchange of v1 windows (${V1}) may not spend the dollars of this account`
  const [run, doctor] = await Promise.all([cli('run', '--live', '--once'), cli('doctor', '--live')])
  expect([run.code, run.err]).toEqual([7, expect.stringContaining(words)])
  expect([doctor.code, doctor.out]).toEqual([7, expect.stringContaining(`FAIL     ${words}`)])
  expect(doctor.out).toMatch(/fix: allow it with: lastsecond approve\n/)
})

test('the doctor spells out the latest safe send', async () => {
  const { out } = await cli('doctor', '--live')
  const line =
    /latest safe send: ([\d.]+) ms before the close = round trip ([\d.]+) \+ hold ([\d.]+) \+ clock error ([\d.]+) \+ jitter ([\d.]+)/.exec(
      out,
    )
  const [total = 0, ...parts] = (line?.slice(1) ?? []).map(Number)
  expect(parts).toHaveLength(4)
  expect(parts[1]).toBe(150)
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(total, 0)
  expect(out).toMatch(
    /found; takers held: yes, reckoned with 150 ms; fee 7 % of p\(1-p\); tick 0\.01/,
  )
})

test.each([
  [['approve'], 7, /would be gone with this verb; name the one that runs: lastsecond approve/],
  [['redeem', '0x12'], 2, /is not a condition id/],
  [['redeem', '--venue', 'polymarket', '--venue-json', 'venue.json'], 2, /add --venue local/],
  [['balance', '--venue', 'polymarket'], 7, /live trading needs a key/],
  [['rehearse', '--venue', 'polymarket'], 7, /live trading needs a key/],
] as const)('%j is refused in a sentence', async (args, code, words) => {
  const ran = await commandLine(args, { cwd })
  expect([ran.code, ran.out]).toEqual([code, ''])
  expect(ran.err).toMatch(words)
})

test('money in a deposit wallet is not moved from here, and it is said who can', async () => {
  const env = {
    POLYMARKET_PRIVATE_KEY: `0x${'5'.repeat(64)}`,
    SIGNATURE_TYPE: 'deposit',
    FUNDER_ADDRESS: V1,
  }
  const approve = await commandLine(['approve', '--venue', 'polymarket'], { cwd, env })
  expect([approve.code, approve.err]).toEqual([
    7,
    expect.stringMatching(/only the venue moves.*log in at/),
  ])
  const redeem = await commandLine(['redeem', '--venue', 'polymarket'], { cwd, env })
  expect([redeem.code, redeem.err]).toEqual([
    7,
    expect.stringMatching(/only the venue moves.*claim the win/),
  ])
})
