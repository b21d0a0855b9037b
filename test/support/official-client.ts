/** The venue's own client, without a network: it builds and signs orders out of what it is given. */
import { OrderBuilder, Side, type SignatureTypeV2, type TickSize } from '@polymarket/clob-client-v2'
import { Wallet } from 'ethers'

type Fields = Record<string, { name: string; type: string }[]>
type Sign = (domain: object, types: Fields, value: object) => Promise<string>

/** The order as the client would post it. */
export type OfficialOrder = {
  readonly salt: string
  readonly maker: string
  readonly signer: string
  readonly tokenId: string
  readonly makerAmount: string
  readonly takerAmount: string
  readonly side: Side
  readonly signatureType: SignatureTypeV2
  readonly timestamp: string
  readonly expiration: string
  readonly metadata: string
  readonly builder: string
  readonly signature: string
}

export type Wish = {
  readonly token: string
  readonly dollars: number
  readonly price: number
  readonly tickSize: TickSize
  /** Of the signing domain. */
  readonly version: 2 | 3
}

export type LimitWish = Omit<Wish, 'dollars'> & {
  readonly side: 'BUY' | 'SELL'
  readonly shares: number
  /** Of a GTD, in seconds; 0 for none. */
  readonly expiration: number
}

export function officialClient(
  wallet: {
    readonly privateKey: string
    readonly signatureType: number
    readonly funder: string | null
  },
  sign?: Sign,
) {
  const owner = new Wallet(wallet.privateKey)
  const signs: Sign = (domain, types, value) => owner.signTypedData(domain, types, value)
  const builder = new OrderBuilder(
    { getAddress: () => Promise.resolve(owner.address), _signTypedData: sign ?? signs } as never,
    137,
    wallet.signatureType as SignatureTypeV2,
    wallet.funder ?? undefined,
  )
  return {
    async limit(wish: LimitWish): Promise<OfficialOrder> {
      const { token, price, shares, side, expiration, tickSize, version } = wish
      const wanted = { tokenID: token, price, size: shares, side: Side[side], expiration }
      return (await builder.buildOrder(wanted, { tickSize, negRisk: false }, version)) as never
    },
    async marketSell(wish: Omit<LimitWish, 'side' | 'expiration'>): Promise<OfficialOrder> {
      const { token, price, shares, tickSize, version } = wish
      const wanted = { tokenID: token, amount: shares, price, side: Side.SELL }
      return (await builder.buildMarketOrder(
        wanted,
        { tickSize, negRisk: false },
        version,
      )) as never
    },
    async marketBuy({ token, dollars, price, tickSize, version }: Wish): Promise<OfficialOrder> {
      const wanted = { tokenID: token, amount: dollars, price, side: Side.BUY }
      return (await builder.buildMarketOrder(
        wanted,
        { tickSize, negRisk: false },
        version,
      )) as never
    },
  }
}
