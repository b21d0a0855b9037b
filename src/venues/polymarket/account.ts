/**
 * Our account at the venue: credentials, money, orders and trades, asked through the venue's own client. Nothing of this is on the way of a
 * shot. The client answers errors as objects and waits for ever; here they are thrown, and a time-out ends the wait.
 */
import {
  type ApiKeyCreds,
  AssetType,
  ClobClient,
  type SignatureTypeV2,
  type Trade,
} from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import { z } from 'zod'
import type { Account, TradeView, VenueOrderView } from '../../domain/ports.ts'
import {
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

/** Credentials are derived from the key, or made where there are none; given ones are taken as they are. */
export async function openAccount(args: {
  readonly clob: string
  readonly wallet: SigningWallet
  readonly credentials: ApiCredentials | null
}): Promise<PolymarketAccount> {
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
    const answer = await inTime(client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL }))
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
      await inTime(client.updateBalanceAllowance({ asset_type: AssetType.COLLATERAL }))
    },
    async closedOnly() {
      return (await inTime(client.getClosedOnlyMode())).closed_only
    },
    async order(venueId) {
      return orderView(await inTime(client.getOrder(venueId)))
    },
    async tradesOf(conditionId, venueId) {
      const trades = await inTime(client.getTrades({ market: conditionId }))
      return trades
        .filter((trade) => trade.taker_order_id.toLowerCase() === venueId.toLowerCase())
        .map(tradeView)
    },
    async cancelAll() {
      await inTime(client.cancelAll())
    },
    async openOrders() {
      return (await inTime(client.getOpenOrders())).map(({ id }) => id)
    },
  }
}

/** Orders that are over may be answered by nothing at all. */
function orderView(answer: unknown): VenueOrderView | null {
  const parsed = z.object({ id: z.string(), status: z.string() }).safeParse(answer)
  if (!parsed.success) return null
  return { status: parsed.data.status.replace(/^ORDER_STATUS_/, '').toUpperCase() }
}

/** Maker's prices are what was paid; a maker on the other token made the pair with us, and we paid what is left of the dollar. */
export function tradeView(trade: Trade): TradeView {
  const fills = trade.maker_orders.map((maker) => {
    const price = parsePrice(maker.price)
    const shares = parseShares(maker.matched_amount)
    if (price === null || shares === null)
      throw new Error(`a trade that cannot be read: ${trade.id}`)
    const own = maker.asset_id === trade.asset_id ? price : TICKS_PER_DOLLAR - price
    return { price: own as Ticks, shares }
  })
  return {
    id: trade.id,
    status: statusOf(trade.status),
    fills,
    transactionHash: trade.transaction_hash ?? '',
  }
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
