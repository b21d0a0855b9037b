/** What trading for real needs beside what every run needs: the account, signatures, the wire, the journal, and what follows a shot. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { ConditionId } from '../domain/ids.ts'
import type { Account, Gateway, Keeper, Log } from '../domain/ports.ts'
import { type MicroUsdc, microUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { knownMarket } from '../ledger/last-markets.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openShotJournal } from '../ledger/shot-journal.ts'
import type { WalletLock } from '../ledger/wallet-lock.ts'
import { nowMicros } from '../net/clock.ts'
import { createHttp } from '../net/http.ts'
import { openOrderWire } from '../net/order-wire.ts'
import { watchPauses } from '../net/pauses.ts'
import { createPosts } from '../net/prepared-post.ts'
import { type AfterShot, createAfterShot } from '../runtime/after-shot.ts'
import type { Bot } from '../runtime/bot.ts'
import { createLiveGateway, type ShotRecord } from '../runtime/live-gateway.ts'
import { createLiveMemory } from '../runtime/live-memory.ts'
import { createLostNames } from '../runtime/lost-names.ts'
import type { GatewayContext, Orders } from '../runtime/modes.ts'
import { createOrderFates } from '../runtime/order-fate.ts'
import { createShotTimer, type ShotTimer } from '../runtime/shot-timer.ts'
import type { ApiCredentials, PolymarketAccount } from '../venues/polymarket/account.ts'
import { createAheadSigner } from '../venues/polymarket/ahead-signer.ts'
import { createClobReads } from '../venues/polymarket/clob-reads.ts'
import { CURVE } from '../venues/polymarket/curve.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { createRedeemer, type Redeemer } from '../venues/polymarket/redeem.ts'
import { createSigner } from '../venues/polymarket/signer.ts'
import { openUserChannel } from '../venues/polymarket/user-channel.ts'
import { seriesOf, USER_AGENT } from './bot-setup.ts'
import { checkAccount, refuseWhatFails } from './live-checks.ts'
import { lockWallet, openGuards } from './live-guards.ts'
import type { Purse } from './live-purse.ts'
import { offsetLine, roughOffset } from './path-checks.ts'
import { redemptionWay } from './redemption-way.ts'

/** A salt travels as a JSON number. */
const SALT_BELOW = 2 ** 48 - 1
const KEEP_ALIVE_MS = 10_000
const ANSWER_TIMEOUT_MS = 10_000
/** Windows of all series may close in the same second; one connection more is being kept alive meanwhile. */
const SPARE_CONNECTIONS = 1

export type LiveArgs = {
  readonly config: Config
  readonly endpoints: Endpoints
  readonly purse: Purse
  readonly isEmbedded: boolean
  readonly folder: string
  readonly log: Log
  shot(record: ShotRecord): void
}

export type Live = {
  readonly balance: MicroUsdc
  readonly orders: Extract<Orders, { mode: 'live' }>
  /** Of the API, for the sources of prices that want them too. */
  readonly credentials: ApiCredentials
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
  const { account: opened, balance } = await preflight(args)
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
    credentials: opened.credentials,
    orders: {
      mode: 'live',
      open: (context) => guards.guard(gateway(args, account, journal, context), context),
    },
    keeper: (ledger) =>
      createLiveMemory({
        ledger,
        journal,
        account,
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
        log,
      }),
    async close() {
      chain.close()
      await guards.close()
    },
  }
}

/** What would make every shot fail is said before the first, in the words of the doctor. */
async function preflight({ config, endpoints, purse, isEmbedded, log }: LiveArgs) {
  const http = createHttp({ userAgent: USER_AGENT, timeoutMs: ANSWER_TIMEOUT_MS, now: nowMicros })
  const clob = createClobReads({ http, endpoints })
  const [{ lines, account, balance }, offset] = await Promise.all([
    checkAccount({ purse, endpoints, limits: config.limits }),
    roughOffset(clob).catch(() => null),
  ])
  // A clock that cannot be read now is waited for by the bot itself.
  refuseWhatFails([...lines, ...(offset === null ? [] : [offsetLine(offset, isEmbedded)])])
  for (const { name, state, detail, fix } of lines)
    if (state === 'warning') log.warn(`${name}: ${detail}`, { fix })
  if (account === null) throw new UserError('preflight', 'the venue does not know this account')
  return { account, balance }
}

function gateway(
  { config, endpoints, purse: { wallet }, log, shot }: LiveArgs,
  account: PolymarketAccount,
  journal: ReturnType<typeof openShotJournal>,
  { emit, now, venueNow, rehearse }: GatewayContext,
): Gateway {
  let closing = false
  const signer = createSigner(wallet)
  const wire = openOrderWire({
    url: endpoints.clob,
    keepAlivePath: '/ok',
    keepAliveMs: KEEP_ALIVE_MS,
    timeoutMs: ANSWER_TIMEOUT_MS,
    connections: seriesOf(config).length + SPARE_CONNECTIONS,
    now,
    tell(what, detail) {
      if (what === 'lost' && !closing) log.warn('an order connection was lost', { detail })
    },
    userAgent: USER_AGENT,
  })
  const timer = createShotTimer({ emit, now, pauses: watchPauses(now) })
  const fates = createOrderFates({ account: heardBy(timer, account), emit, now, log })
  const users = openUserChannel({
    url: endpoints.userWs,
    credentials: account.credentials,
    random: Math.random,
    log,
    news({ venueId, kind, status }) {
      if (kind === 'trade') timer.heard(venueId, status)
      fates.nudge(venueId)
    },
    opened: () => fates.nudgeAll(),
  })
  const { host } = new URL(endpoints.clob)
  const lostNames = createLostNames({
    ...{ account, fates, emit, now, log },
    armed: (id) => journal.before.armed.find(({ conditionId }) => conditionId === id)?.orders ?? [],
  })
  const live = createLiveGateway({
    wire,
    journal,
    signer,
    ahead: createAheadSigner(wallet),
    account,
    fates,
    nameless: lostNames.find,
    prepare: createPosts({
      host,
      path: '/order',
      signer: { address: signer.address, ...account.credentials },
      userAgent: USER_AGENT,
    }),
    owner: account.credentials.apiKey,
    maxSignedAgeMs: MAX_SIGNED_AGE_MS,
    now,
    venueNow,
    salt: () => randomInt(1, SALT_BELOW),
    rehearseDecision: rehearse,
    emit,
    log,
    shot(record) {
      timer.answered(record)
      shot(record)
    },
  })
  return {
    ...live,
    recover(shots) {
      for (const { venueId, order } of shots) if (venueId !== null) timer.knows(venueId, order.id)
      live.recover(shots)
    },
    async close() {
      closing = true
      lostNames.close()
      await live.close()
      timer.close()
      await users.close()
    },
  }
}

/** What the list of trades says is heard of, too. */
function heardBy(timer: ShotTimer, account: Account): Account {
  return {
    ...account,
    async tradesOf(conditionId, venueId) {
      const trades = await account.tradesOf(conditionId, venueId)
      for (const { status } of trades) timer.heard(venueId, status)
      return trades
    },
  }
}

/** The age at which the venue refuses a signature is not known; a window is made ready a minute before its close. */
const MAX_SIGNED_AGE_MS = 90_000

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
