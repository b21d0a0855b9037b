/** What trading for real needs beside what every run needs: the account, signatures, the wire, the journal, and what follows a shot. */
import { join } from 'node:path'
import type { ConditionId } from '../domain/ids.ts'
import type { Keeper } from '../domain/ports.ts'
import { type MicroUsdc, microUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { JournalBefore } from '../ledger/journal-files.ts'
import { knownMarket } from '../ledger/last-markets.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { settledAmong } from '../ledger/settled.ts'
import { openShotJournal } from '../ledger/shot-journal.ts'
import type { WalletLock } from '../ledger/wallet-lock.ts'
import { nowMicros } from '../net/clock.ts'
import { createHttp } from '../net/http.ts'
import { type AfterShot, createAfterShot } from '../runtime/after-shot.ts'
import type { Bot } from '../runtime/bot.ts'
import type { ShotRecord } from '../runtime/live-gateway.ts'
import { createLiveMemory } from '../runtime/live-memory.ts'
import type { Orders } from '../runtime/modes.ts'
import type { ApiCredentials } from '../venues/polymarket/account.ts'
import { createClobReads } from '../venues/polymarket/clob-reads.ts'
import { CURVE } from '../venues/polymarket/curve.ts'
import { createRedeemer, type Redeemer } from '../venues/polymarket/redeem.ts'
import { bindStrategy, USER_AGENT } from './bot-setup.ts'
import { checkAccount, refusalOf, refuseWhatFails } from './live-checks.ts'
import { type GatewayArgs, liveGateway } from './live-gateway-setup.ts'
import { lockWallet, openGuards } from './live-guards.ts'
import { outcomeLines } from './outcome-checks.ts'
import { offsetLine, roughOffset } from './path-checks.ts'
import { redemptionWay } from './redemption-way.ts'

const ANSWER_TIMEOUT_MS = 10_000

export type LiveArgs = GatewayArgs & {
  readonly isEmbedded: boolean
  readonly folder: string
}

export type Live = {
  readonly balance: MicroUsdc
  /** Why nothing can be begun where there is no dollar; null where there is one. */
  readonly empty: string | null
  readonly orders: Extract<Orders, { mode: 'live' }>
  /** Of the API, for the sources of prices that want them too. */
  readonly credentials: ApiCredentials
  /** Orders that left before the start, or may have left, and of which the ledger may not know. */
  readonly hasMarks: boolean
  /** The ledger, with what the journal knows beside it. */
  keeper(ledger: Ledger): Keeper
  afterShot(ledger: Ledger, bot: () => Bot | null): AfterShot
  close(): Promise<void>
}

export async function openLive(args: LiveArgs): Promise<Live> {
  const { wallet } = args.purse
  const lock = lockWallet({ ...args, wallet })
  try {
    return await openBehind(lock, args)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openBehind(lock: WalletLock, args: LiveArgs): Promise<Live> {
  const { endpoints, log } = args
  const { wallet } = args.purse
  const { account: opened, balance, empty } = await preflight(args)
  if (CURVE === 'javascript')
    log.warn('the native curve could not be loaded: an order takes about 0.3 ms to sign, not 0.05')
  const chain = createRedeemer(endpoints.chain, wallet)
  const redeemer = (await redemptionWay(chain, wallet, log)) === 'own' ? chain : null
  const redeem = redemption(redeemer)
  const journal = openShotJournal(join(args.folder, 'journal'), log)
  // Last, for it is a process: nothing after it may fail.
  const guards = await openGuards({ ...args, wallet, account: opened, lock })
  const { account } = guards
  return {
    balance,
    empty: empty === null ? null : refusalOf(empty),
    hasMarks: hasTraces(journal.before),
    credentials: opened.credentials,
    orders: {
      mode: 'live',
      open: (context) => guards.guard(liveGateway(args, account, journal, context), context),
    },
    keeper: (ledger) =>
      createLiveMemory({
        ledger,
        journal,
        account,
        settledAmong: (asked) => settledAmong(join(args.folder, 'ledger.db'), asked),
        marketOf: (id) => knownMarket(join(args.folder, 'ledger.db'), id),
        redeem: redeem(ledger),
        now: nowMicros,
        log,
      }),
    afterShot: (ledger, bot) =>
      createAfterShot({
        account,
        redeem: redeem(ledger),
        paid: (conditionId) => ledger.redeemed(conditionId, nowMicros()),
        unredeemed: ledger.unredeemed,
        cash: () => bot()?.cash() ?? microUsdc(0),
        isQuiet: () => bot()?.isQuiet() ?? false,
        isWaiting: () => bot()?.isWaiting() ?? false,
        log,
      }),
    async close() {
      chain.close()
      await guards.close()
    },
  }
}

/** Of an order that the ledger may not know: its line, or a window of which nothing proves that none left. */
function hasTraces({ marks, armed }: JournalBefore): boolean {
  return marks.length > 0 || armed.some(({ isProof }) => !isProof)
}

/** What would make every shot fail is said before the first, in the words of the doctor. */
async function preflight({ config, endpoints, purse, isEmbedded, log }: LiveArgs) {
  const http = createHttp({ userAgent: USER_AGENT, timeoutMs: ANSWER_TIMEOUT_MS, now: nowMicros })
  const clob = createClobReads({ http, endpoints })
  const [{ lines, account, balance, empty }, selling, offset] = await Promise.all([
    checkAccount({ purse, endpoints, limits: config.limits }),
    outcomeLines(endpoints.chain, purse.wallet, bindStrategy(config)),
    roughOffset(clob).catch(() => null),
  ])
  // A clock that cannot be read now is waited for by the bot itself.
  refuseWhatFails([
    // Whether money is out the ledger knows, which is opened after this.
    ...lines.filter((line) => line !== empty),
    ...selling,
    ...(offset === null ? [] : [offsetLine(offset, isEmbedded)]),
  ])
  for (const { name, state, detail, fix } of [...lines, ...selling])
    if (state === 'warning') log.warn(`${name}: ${detail}`, { fix })
  if (account === null) throw new UserError('preflight', 'the venue does not know this account')
  return { account, balance, empty }
}

type Redeem = (conditionId: ConditionId) => Promise<boolean>

/** Redeems, and writes down that it did. Who asks while the chain is still at it waits for the same transaction. */
function redemption(redeemer: Redeemer | null): (ledger: Ledger) => Redeem | null {
  const running = new Map<ConditionId, Promise<boolean>>()
  async function redeem(chain: Redeemer, ledger: Ledger, id: ConditionId): Promise<boolean> {
    try {
      const paid = await chain.redeem(id)
      if (paid) ledger.redeemed(id, nowMicros())
      return paid
    } finally {
      running.delete(id)
    }
  }
  return (ledger) => {
    if (redeemer === null) return null
    return (id) => {
      const already = running.get(id)
      if (already !== undefined) return already
      const work = redeem(redeemer, ledger, id)
      running.set(id, work)
      return work
    }
  }
}

/** A shot as one line of the log: how long each step took, in microseconds. */
export function shotLine({ venueId, slug, signed, decidedAt, answer }: ShotRecord) {
  const since = (at: number | null): number | null => (at === null ? null : at - decidedAt)
  const said = answer.kind === 'answer' ? { status: answer.status } : { lost: answer.reason }
  return {
    slug,
    venueId,
    signed,
    wroteMicros: since(answer.wroteAt),
    firstByteMicros: answer.kind === 'answer' ? since(answer.firstByteAt) : null,
    answerMicros: answer.kind === 'answer' ? since(answer.doneAt) : null,
    ...said,
  }
}
