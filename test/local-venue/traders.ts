/** People with wallets and keys on a running venue, who sign and ask by hand: what no well-behaved client would send, too. */
import { Wallet } from 'ethers'
import { requestSignature } from '../../src/local-venue/orders/keys.ts'
import { EXCHANGE_V2 } from '../../src/local-venue/orders/typed-data.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { json } from './support.ts'

export type Ledger = {
  readonly dollars: number
  readonly reserved: number
  readonly positions: readonly {
    readonly slug: string
    readonly up: number
    readonly down: number
  }[]
  readonly orders: readonly { readonly id: string; readonly status: string }[]
  readonly trades: readonly { readonly id: string; readonly status: string }[]
}

/** The keys that tests look at, of any answer. */
export type Said = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export type Wish = {
  readonly token: string
  readonly side?: 'BUY' | 'SELL'
  readonly makerAmount: number
  readonly takerAmount: number
  readonly type?: string
  readonly maker?: string
  readonly signatureType?: number
}

const TYPES = {
  Order: [
    ...[
      ['uint256', 'salt'],
      ['address', 'maker'],
      ['address', 'signer'],
      ['uint256', 'tokenId'],
    ],
    ...[
      ['uint256', 'makerAmount'],
      ['uint256', 'takerAmount'],
      ['uint8', 'side'],
    ],
    ...[
      ['uint8', 'signatureType'],
      ['uint256', 'timestamp'],
      ['bytes32', 'metadata'],
    ],
    ['bytes32', 'builder'],
  ].map(([type, name]) => ({ type: type as string, name: name as string })),
}
const ZERO = `0x${'0'.repeat(64)}`
let salts = 0

export type Person = Awaited<ReturnType<typeof person>>

export async function person(venue: RunningVenue, privateKey = Wallet.createRandom().privateKey) {
  const wallet = new Wallet(privateKey)
  const { clob, control } = venue.endpoints
  const seconds = (): string => String(Math.floor(venue.nowMs() / 1_000))

  /** Asks for a key with the wallet. */
  async function keyed(method: string, path: string, nonce = 0): Promise<Said> {
    const timestamp = seconds()
    const signature = await wallet.signTypedData(
      { name: 'ClobAuthDomain', version: '1', chainId: 137 },
      {
        ClobAuth: [
          { name: 'address', type: 'address' },
          { name: 'timestamp', type: 'string' },
          { name: 'nonce', type: 'uint256' },
          { name: 'message', type: 'string' },
        ],
      },
      {
        address: wallet.address,
        timestamp,
        nonce,
        message: 'This message attests that I control the given wallet',
      },
    )
    const headers = {
      POLY_ADDRESS: wallet.address,
      POLY_SIGNATURE: signature,
      POLY_TIMESTAMP: timestamp,
      POLY_NONCE: String(nonce),
    }
    return said(await fetch(`${clob}${path}`, { method, headers }))
  }

  async function key(): Promise<{ apiKey: string; secret: string; passphrase: string }> {
    const made = await keyed('POST', '/auth/api-key')
    const { body } = made.status === 200 ? made : await keyed('GET', '/auth/derive-api-key')
    return body as { apiKey: string; secret: string; passphrase: string }
  }
  const creds = await key()

  /** With the signature of the key. */
  function request(method: string, path: string, body?: unknown): RequestInit {
    const text = body === undefined ? '' : JSON.stringify(body)
    const timestamp = seconds()
    const signed = timestamp + method + (path.split('?')[0] as string) + text
    const headers = {
      POLY_ADDRESS: wallet.address,
      POLY_TIMESTAMP: timestamp,
      POLY_API_KEY: creds.apiKey,
      POLY_PASSPHRASE: creds.passphrase,
      POLY_SIGNATURE: requestSignature(creds.secret, signed),
    }
    return text === '' ? { method, headers } : { method, headers, body: text }
  }

  async function ask(method: string, path: string, body?: unknown): Promise<Said> {
    return said(await fetch(`${clob}${path}`, request(method, path, body)))
  }

  /** The body of POST /order. */
  async function signed(wish: Wish): Promise<Readonly<Record<string, unknown>>> {
    salts += 1
    const order = {
      salt: salts,
      maker: wish.maker ?? wallet.address,
      signer: wallet.address,
      tokenId: wish.token,
      makerAmount: String(wish.makerAmount),
      takerAmount: String(wish.takerAmount),
      side: wish.side === 'SELL' ? 1 : 0,
      signatureType: wish.signatureType ?? 0,
      timestamp: String(Math.floor(venue.nowMs())),
      metadata: ZERO,
      builder: ZERO,
    }
    const domain = {
      name: 'Polymarket CTF Exchange',
      version: '2',
      chainId: 137,
      verifyingContract: EXCHANGE_V2,
    }
    const signature = await wallet.signTypedData(domain, TYPES, order)
    const wire = { ...order, side: wish.side ?? 'BUY', expiration: '0', signature }
    return { order: wire, owner: creds.apiKey, orderType: wish.type ?? 'GTC' }
  }

  return {
    address: wallet.address,
    privateKey,
    creds,
    keyed,
    request,
    ask,
    signed,
    place: async (wish: Wish): Promise<Said> => ask('POST', '/order', await signed(wish)),
    ledger: (account = wallet.address): Promise<Ledger> =>
      json<Ledger>(`${control}/ledger/${account}`),
  }
}

async function said(response: Response): Promise<Said> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, body: (isJson ? JSON.parse(text) : { text }) as Said['body'] }
}
