/** What owners may ask about their orders, trades and balances. */
import { type Answer, type Ask, ok, param, type Reply, refusal } from '../http.ts'
import type { VenueMarket } from '../market.ts'
import { pageOf } from '../pages.ts'
import type { KeyOwner } from './keys.ts'
import { orderJson, tradeJson } from './order-json.ts'
import { isOf, type OrderRoutesDeps } from './trading-deps.ts'
import { EXCHANGE_V2, EXCHANGE_V3, NEG_RISK_EXCHANGE_V2 } from './typed-data.ts'

const PAGE = 100

export function order(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Answer {
  const id = param(ask, 'id')
  if (!/^0x[0-9a-fA-F]{64}$/.test(id)) return refusal(400, 'Invalid orderID')
  const placed = deps.desk.order(id.toLowerCase())
  const own = placed !== undefined && isOf(deps, placed, owner)
  return ok(own ? orderJson(placed, deps.holders.keyOf) : null)
}

export function orders(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const [market, asset, id] = ['market', 'asset_id', 'id'].map((name) => ask.query.get(name))
  const rows = deps.holders
    .accountsOf(owner)
    .flatMap((account) => deps.desk.ordersOf(account))
    .filter(({ record }) => record.state === 'LIVE')
    .map((placed) => orderJson(placed, deps.holders.keyOf))
    .filter((row) => !market || row['market'] === market)
    .filter((row) => !asset || row['asset_id'] === asset)
    .filter((row) => !id || row['id'] === id)
  return pageOf(rows, ask, PAGE, 'invalid order params payload')
}

export function trades(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const { query } = ask
  const [market, asset, id, maker] = ['market', 'asset_id', 'id', 'maker_address'].map((name) =>
    query.get(name),
  )
  const after = Number(query.get('after') ?? 0)
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
  if (Number.isNaN(after) || Number.isNaN(before))
    return refusal(400, 'Invalid trade params payload')
  const rows = deps.holders
    .accountsOf(owner)
    .filter((account) => !maker || account === maker.toLowerCase())
    .flatMap((account) =>
      deps.desk.tradesOf(account).map((trade) => tradeJson(trade, account, deps.holders.keyOf)),
    )
    .filter((row) => !market || row['market'] === market)
    .filter((row) => !asset || row['asset_id'] === asset)
    .filter((row) => !id || row['id'] === id)
    .filter((row) => Number(row['match_time']) >= after && Number(row['match_time']) <= before)
    .reverse()
  return pageOf(rows, ask, PAGE, 'Invalid trade params payload')
}

export function balance(deps: OrderRoutesDeps, owner: KeyOwner, ask: Ask): Reply {
  const type = ask.query.get('asset_type')
  const signatureType = ask.query.get('signature_type')
  if (signatureType !== null && !/^[0-3]$/.test(signatureType))
    return refusal(400, 'Invalid signature_type')
  const account = accountOf(deps, owner, signatureType)
  deps.desk.fund(account)
  const allowances = Object.fromEntries(
    [EXCHANGE_V2, NEG_RISK_EXCHANGE_V2, EXCHANGE_V3].map((spender) => [
      spender,
      String(deps.allowances.dollars(account, spender)),
    ]),
  )
  if (type === 'COLLATERAL')
    return ok({ balance: String(deps.desk.accounts.dollars(account)), allowances })
  if (type !== 'CONDITIONAL' && type !== 'CONDITIONAL-V2') return refusal(400, 'Invalid asset type')
  const token = ask.query.get('token_id') ?? ''
  const market: VenueMarket | null = deps.world.byToken(token)
  if (market === null) return refusal(400, 'Invalid token id')
  const shares = deps.desk.accounts.shares(
    account,
    market.conditionId,
    token === market.up ? 'UP' : 'DOWN',
  )
  return ok({ balance: String(shares), allowances })
}

/** The wallet that the kind of signature trades for: the owner's own, or the one that orders of the key were made for. */
function accountOf(deps: OrderRoutesDeps, owner: KeyOwner, signatureType: string | null): string {
  const own = owner.address.toLowerCase()
  if (signatureType === null || signatureType === '0') return own
  return deps.holders.accountsOf(owner).find((account) => account !== own) ?? own
}
