/** A win whose redemption the chain has not confirmed yet when the bot is stopped: the stop does not wait long, and the next start has it once. */
import { mkdtempSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Settlement } from '../../src/domain/facts.ts'
import { NO_LATENCY } from '../../src/domain/facts.ts'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import { microUsdc } from '../../src/domain/units.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { openShotJournal } from '../../src/ledger/shot-journal.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { createAfterShot } from '../../src/runtime/after-shot.ts'
import { createLiveMemory } from '../../src/runtime/live-memory.ts'
import { createRedeemer, type Redeemer } from '../../src/venues/polymarket/redeem.ts'
import { aVenue, windowOf } from '../local-venue/support.ts'
import { type Person, person } from '../local-venue/traders.ts'
import { aMarket, at } from '../support/builders.ts'
import { aLog, anAccount } from '../support/live.ts'

/** Longer than a stop waits. */
const STOP_MOST_MS = 11_000

/** In front of the chain: while it holds them back, no transaction seems to be mined. */
async function chainThatHolds(url: string) {
  const state = { holds: true, sent: 0 }
  const server: Server = createServer((ask, reply) => {
    const chunks: Buffer[] = []
    ask.on('data', (chunk: Buffer) => chunks.push(chunk))
    ask.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      if (text.includes('eth_sendRawTransaction')) state.sent += 1
      const body = state.holds ? text.replaceAll('eth_getTransactionReceipt', 'eth_getLogs') : text
      fetch(url, { method: 'POST', body })
        .then((answer) => answer.text())
        .then((said) =>
          reply.end(state.holds ? said.replaceAll('"result":[]', '"result":null') : said),
        )
        .catch(() => reply.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections())
  return { state, url: `http://127.0.0.1:${port}`, close }
}

async function won(who: Person, tokens: { up: string; down: string }): Promise<void> {
  for (const token of [tokens.up, tokens.down]) {
    const said = await who.place({ token, type: 'FAK', makerAmount: 2e6, takerAmount: 2_020_000 })
    expect(said.body).toMatchObject({ success: true, status: 'matched' })
  }
}

function settled(id: ConditionId, payout: number, cash: number): Settlement {
  const market = { ...aMarket(), conditionId: id }
  return {
    ...{ market, decision: 'fired', reason: '', winner: 'UP', winnerSource: '', side: 'UP' },
    ...{ order: null, outcome: { state: 'killed', reason: '' }, latency: NO_LATENCY },
    ...{ payout: microUsdc(payout), pnl: microUsdc(payout), cash: microUsdc(cash) },
  } as Settlement
}

const redemption = (redeemer: Redeemer, ledger: Ledger) => async (id: ConditionId) => {
  const paid = await redeemer.redeem(id)
  if (paid) ledger.redeemed(id, nowMicros())
  return paid
}

test('a stop leaves it to the next start, and nothing is counted twice', async () => {
  const venue = await aVenue({
    ...{ epochMs: Date.now(), windowSec: 20, firstCloseSec: 20, resolutionDelayMs: 300 },
  })
  const chain = await chainThatHolds(venue.endpoints.chain)
  const open = await windowOf(venue, 'btc', '15m')
  const who = await person(venue)
  await won(who, open.tokens)
  const id = conditionId(open.conditionId)
  const wallet = { privateKey: who.privateKey, signatureType: 0 as const, funder: null }
  const dollars = async () => (await who.ledger()).dollars
  const before = await dollars()
  const [held] = (await who.ledger()).positions
  const folder = mkdtempSync(join(tmpdir(), 'redeem-stop-'))
  const path = join(folder, 'ledger.db')
  const log = aLog()
  const direct = createRedeemer(venue.endpoints.chain, wallet)
  const state = async () =>
    (await (await fetch(`${venue.endpoints.control}/state`)).json()) as {
      windows: { conditionId: string; winner: 'UP' | 'DOWN' | null }[]
    }
  const winner = async () =>
    (await state()).windows.find(({ conditionId: one }) => one === id)?.winner ?? null
  await vi.waitUntil(async () => (await winner()) !== null, { timeout: 40_000, interval: 200 })
  const payout = (await winner()) === 'UP' ? held?.up : held?.down
  if (payout === undefined) throw new Error('nothing was bought')

  const account = { ...anAccount(), balance: async () => microUsdc(await dollars()) }
  const first = await openLedger({ path, startingCash: microUsdc(before), log })
  const slow = createRedeemer(chain.url, wallet)
  const after = createAfterShot({
    ...{ account, log, unredeemed: first.unredeemed, paid: vi.fn(), isQuiet: () => true },
    redeem: redemption(slow, first),
    cash: () => microUsdc(before + payout),
  })
  const fact = {
    kind: 'settled',
    at: at(930),
    settlement: settled(id, payout, before + payout),
  } as const
  first.accept({ kind: 'found', at: at(1), market: fact.settlement.market })
  first.accept(fact)
  after.accept(fact)
  await vi.waitUntil(() => chain.state.sent > 0, { timeout: 10_000 })
  // The receipt is held back for as long as the test lasts.
  await after.close()
  await first.close()
  slow.close()
  // The chain has done it meanwhile; the books do not know that yet.
  expect(await dollars()).toBe(before + payout)
  expect(chain.state.sent).toBeGreaterThan(0)

  chain.state.holds = false
  const second = await openLedger({ path, startingCash: microUsdc(0), log })
  expect(second.unredeemed()).toEqual([{ conditionId: id, payout }])
  const memory = createLiveMemory({
    ...{
      account,
      log,
      ledger: second,
      now: nowMicros,
      marketOf: () => null,
      settledAmong: () => [],
    },
    journal: openShotJournal(join(folder, 'journal'), log),
    redeem: redemption(direct, second),
  })
  const { cash } = await memory.restore()
  expect([cash, second.unredeemed(), await dollars()]).toEqual([
    before + payout,
    [],
    before + payout,
  ])
  await second.close()
  direct.close()
  await chain.close()
  // No transfer was made of the money that had come in.
  expect(log.warn.mock.calls.filter(([text]) => String(text).includes('money'))).toEqual([])
}, 120_000)

test('a receipt is waited for longer than a stop would', async () => {
  const venue = await aVenue()
  const chain = await chainThatHolds(venue.endpoints.chain)
  const who = await person(venue)
  const { privateKey } = who
  const redeemer = createRedeemer(chain.url, { privateKey, signatureType: 0, funder: null })
  let isOver = false
  const done = redeemer.approve({ of: 'dollars', to: who.address }).finally(() => {
    isOver = true
  })
  await new Promise((resolve) => setTimeout(resolve, STOP_MOST_MS))
  expect([isOver, chain.state.sent]).toEqual([false, 1])
  chain.state.holds = false
  await done
  redeemer.close()
  await chain.close()
}, 60_000)
