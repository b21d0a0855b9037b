/**
 * Our account at the venue: credentials, money, orders and trades, asked through the venue's own client. Nothing of this is on the way of a
 * shot. The client answers errors as objects and waits for ever; here they are thrown, and a time-out ends the wait.
 */
import type {
  ApiKeyCreds,
  AssetType,
  ClobClient,
  SignatureTypeV2,
  Trade,
} from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { z } from 'zod'
import { tokenId } from '../../domain/ids.ts'
import type { Fill } from '../../domain/order.ts'
import type {
  Account,
  NamedFill,
  TakerTrade,
  TradeView,
  VenueOrderView,
} from '../../domain/ports.ts'
import {
  MICROS_PER_SECOND,
  micros,
  microUsdc,
  parsePrice,
  parseShares,
  TICKS_PER_DOLLAR,
  type Ticks,
} from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import type { SigningWallet } from './signer.ts'

const CHAIN_ID = 137
const TIMEOUT_MS = 8_000
/** As the venue says that nothing follows. */
const LAST_PAGE = 'LTE='
const PAGES_MAX = 50
const COLLATERAL = 'COLLATERAL' as AssetType

export type ApiCredentials = {
  readonly apiKey: string
  readonly secret: string
  readonly passphrase: string
}

export type PolymarketAccount = Account & {
  readonly credentials: ApiCredentials
  /** What the exchange contracts may take, in millionths, by contract. */
  allowances(): Promise<ReadonlyMap<string, bigint>>
  closedOnly(): Promise<boolean>
}

const balanceAnswer = z.object({
  balance: z.string().regex(/^\d+$/),
  allowances: z.record(z.string(), z.string().regex(/^\d+$/)).default({}),
})

const orderAnswer = z.object({
  id: z.string(),
  status: z.string(),
  size_matched: z.string().nullish(),
})

/** Credentials are derived from the key, or made where there are none; given ones are taken as they are. */
export async function openAccount(args: {
  readonly clob: string
  readonly wallet: SigningWallet
  readonly credentials: ApiCredentials | null
}): Promise<PolymarketAccount> {
  // Half a second of loading, which only those wait for who have an account.
  const { ClobClient } = await import('@polymarket/clob-client-v2')
  const signer = new Wallet(args.wallet.privateKey)
  const options = {
    host: args.clob,
    chain: CHAIN_ID,
    signatureType: args.wallet.signatureType as SignatureTypeV2,
    // The venue may live at a time of its own; these calls are not in a hurry.
    useServerTime: true,
    throwOnError: true,
    signer: {
      getAddress: () => Promise.resolve(signer.address),
      _signTypedData: (
        domain: object,
        types: Record<string, { name: string; type: string }[]>,
        value: object,
      ) => signer.signTypedData(domain, types, value),
    },
    ...(args.wallet.funder === null ? {} : { funderAddress: args.wallet.funder }),
  }
  const creds = args.credentials ?? (await obtain(new ClobClient(options)))
  const client = new ClobClient({
    ...options,
    creds: { key: creds.apiKey, secret: creds.secret, passphrase: creds.passphrase },
  })
  return accountOf(client, args.wallet.funder ?? signer.address, creds)
}

/** An old account has credentials already: to ask for them first spares the refusal. */
async function obtain(client: ClobClient): Promise<ApiCredentials> {
  const derived = await attempt(() => client.deriveApiKey())
  const made = isComplete(derived) ? derived : await attempt(() => client.createApiKey())
  if (isComplete(made))
    return { apiKey: made.key, secret: made.secret, passphrase: made.passphrase }
  throw new UserError(
    'preflight',
    `the venue gives no API credentials for this key (${made instanceof Error ? made.message : 'no complete answer'}); check the key, the wallet type, the clock and whether this address ever traded there`,
  )
}

async function attempt(ask: () => Promise<ApiKeyCreds>): Promise<ApiKeyCreds | Error> {
  try {
    return await inTime(ask())
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isComplete(creds: ApiKeyCreds | Error): creds is ApiKeyCreds {
  return !(creds instanceof Error) && Boolean(creds.key && creds.secret && creds.passphrase)
}

function accountOf(
  client: ClobClient,
  address: string,
  credentials: ApiCredentials,
): PolymarketAccount {
  async function money(): Promise<z.output<typeof balanceAnswer>> {
    const answer = await inTime(client.getBalanceAllowance({ asset_type: COLLATERAL }))
    return balanceAnswer.parse(answer)
  }
  return {
    address,
    credentials,
    async balance() {
      return microUsdc(Number((await money()).balance))
    },
    async allowances() {
      const { allowances } = await money()
      return new Map(Object.entries(allowances).map(([spender, text]) => [spender, BigInt(text)]))
    },
    async refresh() {
      await inTime(client.updateBalanceAllowance({ asset_type: COLLATERAL }))
    },
    async closedOnly() {
      return (await inTime(client.getClosedOnlyMode())).closed_only
    },
    order: (venueId) => inTime(client.getOrder(venueId)).then(orderOf(venueId), unknownOrder),
    async tradesOf(conditionId, venueId) {
      const trades = await tradesIn(client, conditionId)
      const id = venueId.toLowerCase()
      return trades.flatMap((trade) =>
        trade.taker_order_id.toLowerCase() === id ? tradeView(trade) : madeBy(trade, id),
      )
    },
    async takenIn(conditionId) {
      const trades = await tradesIn(client, conditionId)
      return trades.filter(({ trader_side: side }) => side === 'TAKER').map(takerTrade)
    },
    async filledIn(conditionId) {
      const trades = await tradesIn(client, conditionId)
      return trades.flatMap((trade) => filledBy(trade, address))
    },
    async cancelAll() {
      await inTime(client.cancelAll())
    },
    async openOrders() {
      return (await inTime(client.getOpenOrders())).map(({ id }) => id)
    },
  }
}

/** Of one market, page by page. Whatever is no list must not look like an empty one: that would be an order that nobody knows. */
async function tradesIn(client: ClobClient, market: string): Promise<readonly Trade[]> {
  const trades: Trade[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await inTime(client.getTradesPaginated({ market }, cursor))
    const next: unknown = answer.next_cursor
    if (typeof next !== 'string') throw new Error('the venue answered with no list of trades')
    trades.push(...answer.trades)
    if (next === LAST_PAGE || next === '') return trades
    cursor = next
  }
  throw new Error(`the venue lists more than ${PAGES_MAX} pages of trades`)
}

/** Orders that are over may be answered by nothing at all. */
function orderOf(venueId: string): (answer: unknown) => VenueOrderView | null {
  return (answer) => {
    if (answer === null || answer === '' || JSON.stringify(answer) === '{}') return null
    const { id, status, size_matched: matched } = orderAnswer.parse(answer)
    if (id.toLowerCase() !== venueId.toLowerCase())
      throw new Error(`asked about one order, the venue spoke of another: ${id}`)
    const shares = parseShares(matched ?? '')
    return {
      status: status.replace(/^ORDER_STATUS_/, '').toUpperCase(),
      ...(shares === null ? {} : { matched: shares }),
    }
  }
}

/** That it is not found is an answer, if it is the venue that says so. */
function unknownOrder(error: unknown): null {
  const isAnswer = error instanceof Error && 'status' in error
  if (isAnswer && error.status === 404 && !error.message.startsWith('<')) return null
  throw error
}

/** Maker's prices are what was paid; a maker on the other token made the pair with us, and we paid what is left of the dollar. */
export function tradeView(trade: Trade): TradeView {
  const fills = trade.maker_orders.map((maker) => {
    const { price, shares } = fillOf(trade, maker.price, maker.matched_amount)
    const isOurToken = maker.asset_id === trade.asset_id
    return { price: (isOurToken ? price : TICKS_PER_DOLLAR - price) as Ticks, shares }
  })
  return {
    id: trade.id,
    isMaker: false,
    status: statusOf(trade.status),
    fills: fills.length > 0 ? fills : [fillOf(trade, trade.price, trade.size)],
    transactionHash: trade.transaction_hash ?? '',
  }
}

/** What an order that waited had of it: in its own token, at its own price. Nothing where it was none of the makers. */
function madeBy(trade: Trade, venueId: string): TradeView[] {
  const fills = trade.maker_orders
    .filter((maker) => maker.order_id?.toLowerCase() === venueId)
    .map((maker) => fillOf(trade, maker.price, maker.matched_amount))
  if (fills.length === 0) return []
  const { id, status, transaction_hash: transactionHash = '' } = trade
  return [{ id, isMaker: true, status: statusOf(status), fills, transactionHash }]
}

function fillOf({ id }: Trade, priceText: string, sharesText: string): Fill {
  const price = parsePrice(priceText)
  const shares = parseShares(sharesText)
  if (price === null || shares === null) throw new Error(`a trade that cannot be read: ${id}`)
  return { price, shares }
}

/** By an order of this wallet: as the taker, or as one of the makers. */
function filledBy(trade: Trade, address: string): NamedFill[] {
  const own = trade.maker_orders
    .filter((maker) => maker.maker_address?.toLowerCase() === address.toLowerCase())
    .map((maker): NamedFill => {
      const { price } = fillOf(trade, maker.price, maker.matched_amount)
      return { venueId: maker.order_id, token: tokenId(maker.asset_id), price, isMaker: true }
    })
  if (trade.trader_side !== 'TAKER') return own
  const { taker_order_id: venueId, asset_id: token } = trade
  const taken = tradeView(trade).fills.map(
    ({ price }): NamedFill => ({ venueId, token: tokenId(token), price, isMaker: false }),
  )
  return [...own, ...taken]
}

function takerTrade(trade: Trade): TakerTrade {
  const { taker_order_id: venueId, asset_id: token, match_time: sec } = trade
  const matchedAt = /^\d+$/.test(sec) ? micros(Number(sec) * MICROS_PER_SECOND) : null
  return { ...tradeView(trade), venueId, token: tokenId(token), matchedAt }
}

function statusOf(text: string): TradeView['status'] {
  const status = text.replace(/^TRADE_STATUS_/, '').toUpperCase()
  switch (status) {
    case 'CONFIRMED':
    case 'FAILED':
    case 'MINED':
    case 'RETRYING':
      return status
    default:
      return 'MATCHED'
  }
}

async function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the venue did not answer within ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
