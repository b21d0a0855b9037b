/**
 * One live order from the window to the dollars, on an embedded venue of its own: the bot, the gateway, the signer, the wire, the journal and the
 * ledger of live trading, with play money. The venue's world is the same in every rehearsal: its window has something to buy in its last second.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import type { EngineFact } from '../domain/facts.ts'
import { outcomeWords } from '../domain/order.ts'
import type { Log } from '../domain/ports.ts'
import type { MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { openLedger } from '../ledger/ledger.ts'
import { nowMicros } from '../net/clock.ts'
import type { AfterShot } from '../runtime/after-shot.ts'
import { type Bot, createBot } from '../runtime/bot.ts'
import type { ShotRecord } from '../runtime/live-gateway.ts'
import { dollars, shares } from './amounts.ts'
import { bindStrategy, engineSettings, venueParts } from './bot-setup.ts'
import type { Purse } from './live-purse.ts'
import { openLive } from './live-setup.ts'
import { ms, sumOf } from './path-checks.ts'
import type { TellStep } from './rehearse-path.ts'
import type { Venue } from './venue-endpoints.ts'

/** A world whose first window fires and wins. */
export const REHEARSAL_WORLD = [
  '--profile',
  'demo',
  '--seed',
  '4',
  '--epoch',
  '1795240000000',
  '--first-close',
  '40',
]
const WHOLE_MS = 150_000
const LOOK_MS = 250
const AUDITS_MAX = 40

type Args = {
  readonly venue: Venue
  readonly purse: Purse
  readonly log: Log
  readonly tell: TellStep
}

/** The default settings whatever those of this machine are, in a folder that is gone afterwards. */
export function rehearsalConfig(folder: string): LoadedConfig {
  const loaded = loadConfig({ cwd: folder, env: {} })
  const { config } = loaded
  return {
    ...loaded,
    config: {
      ...config,
      assets: ['btc'],
      intervals: ['5m'],
      discovery: { ...config.discovery, minTimeToStartSec: 5, pollIntervalSec: 5 },
      // The way of an order is rehearsed, not the judgement: a feed that is slow to speak is no reason to have no order.
      gates: { ...config.gates, feedDivergenceMax: 'off', impactSigmas: 'off', lateJoinSec: 'off' },
      dataDir: folder,
    },
  }
}

export async function rehearseOrder(args: Args): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lastsecond-rehearsal-'))
  try {
    await inFolder(args, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inFolder({ venue, purse, log, tell }: Args, folder: string): Promise<void> {
  const { config } = rehearsalConfig(folder)
  const { endpoints } = venue
  const story = createStory(tell)
  const live = await openLive({
    config,
    endpoints,
    purse,
    isEmbedded: true,
    folder,
    log,
    shot: story.shot,
  })
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    startingCash: live.balance,
    log,
  })
  let bot: Bot | null = null
  const afterShot = live.afterShot(ledger, () => bot)
  bot = createBot({
    settings: engineSettings(config, bindStrategy(config), true),
    orders: live.orders,
    now: nowMicros,
    log,
    keeper: live.keeper(ledger),
    sinks: [{ accept: story.accept, close: () => Promise.resolve() }, afterShot],
    tape: null,
    venueIsNew: true,
    venue: venueParts(config, endpoints, log),
  })
  try {
    const gone = new Promise<never>((_, reject) => {
      venue.onGone((reason) => reject(new Error(`the embedded venue is gone: ${reason}`)))
    })
    await bot.start()
    await Promise.race([story.settled, late(), gone])
    await redeemed(afterShot, tell)
    await compared(afterShot, tell)
  } finally {
    await bot.stop()
    await live.close()
  }
}

async function redeemed(afterShot: AfterShot, tell: TellStep): Promise<void> {
  const from = nowMicros()
  const owed = afterShot.owed()
  await until(() => afterShot.owed() === 0, 'the win was not redeemed')
  tell('redeemed', `${dollars(owed)} on the chain`, nowMicros() - from)
}

async function compared(afterShot: AfterShot, tell: TellStep): Promise<void> {
  let difference: number | null = null
  for (let audit = 0; audit < AUDITS_MAX && difference !== 0; audit += 1) {
    difference = await afterShot.audit()
    if (difference !== 0) await pause(LOOK_MS)
  }
  if (difference !== 0)
    throw new UserError('general', `the books differ from the venue by ${dollars(difference ?? 0)}`)
  tell('books', 'ledger and venue agree to the millionth')
}

type Story = {
  accept(fact: EngineFact): void
  shot(record: ShotRecord): void
  /** Rejects when the window ended without a confirmed order. */
  readonly settled: Promise<void>
}

/** Tells the steps as they come. Times are counted from the decision. */
function createStory(tell: TellStep): Story {
  let end: { resolve(): void; reject(error: Error): void } | null = null
  const settled = new Promise<void>((resolve, reject) => {
    end = { resolve, reject }
  })
  // Who waits for it hears it; before that nobody does.
  settled.catch(() => undefined)

  function outcome(fact: Extract<EngineFact, { kind: 'outcome' }>): void {
    const { order } = fact
    const since = fact.at - order.decidedAt
    if (fact.outcome.state !== 'filled') {
      return tell(fact.outcome.state, outcomeWords(fact.outcome), since)
    }
    const { finality, cost, fee } = fact.outcome
    const bought = `${shares(fact.outcome.shares)} for ${dollars(cost)} and ${dollars(fee)} fee`
    tell(finality, finality === 'matched' ? bought : 'the chain has it', since)
  }

  function ended({ settlement }: Extract<EngineFact, { kind: 'settled' }>): void {
    const { outcome: last, winner, payout, pnl, reason } = settlement
    if (last?.state !== 'filled')
      return end?.reject(
        new UserError('general', `the rehearsal fired no order that filled: ${reason}`),
      )
    tell('settled', `${winner} won: ${dollars(payout)}, profit ${dollars(pnl as MicroUsdc)}`)
    end?.resolve()
  }

  return {
    settled,
    accept(fact) {
      switch (fact.kind) {
        case 'found':
          return tell('found', fact.market.slug)
        case 'listening':
          return tell('listening', 'both books are open')
        case 'armed':
          return tell('armed', 'the ladder is being signed and written down')
        case 'decided': {
          const { decision } = fact
          if (decision.refusedBy !== null) return
          tell('decided', `${ms(decision.leftMicros)} ms before the close: ${decision.why}`)
          return tell(
            'deadline',
            `${ms(decision.deadline.totalMicros)} ms = ${sumOf(decision.deadline)}`,
          )
        }
        case 'outcome':
          return outcome(fact)
        case 'settled':
          return ended(fact)
        default:
          return
      }
    },
    shot({ venueId, signed, decidedAt, answer }) {
      const { wroteAt } = answer
      if (wroteAt !== null)
        tell(
          'written',
          `order ${venueId}, signed ${signed} (decision to write)`,
          wroteAt - decidedAt,
        )
      if (answer.kind === 'answer')
        tell('answered', `HTTP ${answer.status}`, answer.doneAt - decidedAt)
      else tell('lost', answer.reason)
    },
  }
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const giveUp = nowMicros() + WHOLE_MS * 1_000
  while (!holds()) {
    if (nowMicros() > giveUp) throw new UserError('general', otherwise)
    await pause(LOOK_MS)
  }
}

async function late(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, WHOLE_MS).unref())
  throw new UserError('timeout', `the window was not settled within ${WHOLE_MS / 1_000} s`)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
