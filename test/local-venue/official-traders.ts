/** Traders on the embedded venue: the venue's own client, unmodified. */
import { type ApiKeyCreds, ClobClient, SignatureTypeV2 } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { json } from './support.ts'

/** The client wants ethers 5; this is all it asks of a signer. */
export function signerOf(privateKey: string) {
  const wallet = new Wallet(privateKey)
  return {
    getAddress: () => Promise.resolve(wallet.address),
    _signTypedData: (
      domain: object,
      types: Record<string, { name: string; type: string }[]>,
      value: object,
    ) => wallet.signTypedData(domain, types, value),
  }
}

export function clientOf(venue: RunningVenue, privateKey: string, creds?: ApiKeyCreds): ClobClient {
  return new ClobClient({
    host: venue.endpoints.clob,
    chain: 137,
    signer: signerOf(privateKey),
    ...(creds === undefined ? {} : { creds }),
    signatureType: SignatureTypeV2.EOA,
    throwOnError: false,
  })
}

export async function trader(venue: RunningVenue, privateKey = Wallet.createRandom().privateKey) {
  const creds = await clientOf(venue, privateKey).createOrDeriveApiKey()
  return {
    client: clientOf(venue, privateKey, creds),
    creds,
    privateKey,
    address: new Wallet(privateKey).address,
  }
}

/** Best prices of a token. */
export async function topOf(
  venue: RunningVenue,
  token: string,
): Promise<{ bid: number; ask: number }> {
  const book = await json<{ bids: { price: string }[]; asks: { price: string }[] }>(
    `${venue.endpoints.clob}/book?token_id=${token}`,
  )
  return { bid: Number(book.bids.at(-1)?.price ?? 0), ask: Number(book.asks.at(-1)?.price ?? 1) }
}
