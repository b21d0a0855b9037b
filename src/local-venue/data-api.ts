/** The Data API: what accounts hold and did, for everybody to read. Numbers are JSON numbers here. */
import type { Side } from '../domain/ids.ts'
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { activityOf, keepPrints } from './activity.ts'
import { type Ask, ok, type Reply, type Routes, refusal } from './http.ts'
import { outcomeOf, topOf, type VenueMarket } from './market.ts'
import { type Desk, tokenOf } from './orders/desk.ts'
import type { TradeRecord } from './orders/records.ts'
import { costsOf } from './position-costs.ts'
import type { World } from './world.ts'

export type DataApiDeps = { readonly world: World; readonly desk: Desk }

type Row = { readonly conditionId: string; readonly side: string; readonly size: number }

const MICRO = 1_000_000
const LIMIT = { usual: 100, most: 500 }

export function dataRoutes(deps: DataApiDeps): Routes {
  const printed = keepPrints(deps.world)
  const everybodys = (): Row[] => printed().map(activityOf).reverse()
  return {
    'GET /positions': ofUser((user, ask) =>
      ok(page(positions(deps, user).filter(wanted(ask)), ask)),
    ),
    'GET /value': ofUser((user) =>
      ok([
        {
          user,
          value: positions(deps, user).reduce((sum, { currentValue }) => sum + currentValue, 0),
        },
      ]),
    ),
    'GET /trades': (ask) => {
      const rows = (user: string | null): Row[] =>
        user === null ? everybodys() : trades(deps, user)
      const answer = (user: string | null): Reply =>
        ok(page(rows(user).filter(inMarket(ask)).filter(ofSide(ask)), ask))
      return ask.query.has('user') ? ofUser(answer)(ask) : answer(null)
    },
    'GET /activity': ofUser((user, ask) =>
      ok(
        page(
          trades(deps, user)
            .filter(inMarket(ask))
            .map((row) => ({ ...row, type: 'TRADE', usdcSize: row.size * row.price })),
          ask,
        ),
      ),
    ),
  }
}

function ofUser(handler: (user: string, ask: Ask) => Reply): (ask: Ask) => Reply {
  return (ask) => {
    const user = ask.query.get('user')?.toLowerCase() ?? ''
    if (!/^0x[0-9a-f]{40}$/.test(user))
      return refusal(400, "required query param 'user' not provided")
    return handler(user, ask)
  }
}

type Position = Readonly<Record<string, unknown>> & {
  readonly conditionId: string
  readonly currentValue: number
  readonly redeemable: boolean
}

function positions({ world, desk }: DataApiDeps, user: string): Position[] {
  const rows: Position[] = []
  for (const market of world.markets()) {
    for (const side of ['UP', 'DOWN'] as const) {
      const shares = desk.accounts.shares(user, market.conditionId, side)
      if (shares > 0) rows.push(position(desk, market, user, side, shares))
    }
  }
  return rows
}

function position(
  desk: Desk,
  market: VenueMarket,
  user: string,
  side: Side,
  shares: number,
): Position {
  const token = tokenOf(market, side)
  const other = tokenOf(market, side === 'UP' ? 'DOWN' : 'UP')
  const mine = desk.tradesOf(user).filter((record) => record.market === market)
  const { avgPrice, totalBought, realizedPnl } = costsOf(mine, user, side)
  const size = shares / MICRO
  const curPrice = priceNow(market, token)
  return {
    proxyWallet: user,
    asset: token,
    conditionId: market.conditionId,
    size,
    avgPrice,
    initialValue: size * avgPrice,
    currentValue: size * curPrice,
    cashPnl: size * (curPrice - avgPrice),
    percentPnl: avgPrice === 0 ? 0 : (curPrice / avgPrice - 1) * 100,
    totalBought: totalBought / MICRO,
    realizedPnl: realizedPnl / MICRO,
    curPrice,
    redeemable: market.result !== null,
    mergeable: false,
    title: market.title,
    slug: market.slug,
    eventSlug: market.slug,
    outcome: outcomeOf(market, token),
    outcomeIndex: side === 'UP' ? 0 : 1,
    oppositeOutcome: outcomeOf(market, other),
    oppositeAsset: other,
    endDate: new Date(market.window.endSec * 1_000).toISOString().slice(0, 10),
    negativeRisk: false,
  }
}

function priceNow(market: VenueMarket, token: string): number {
  if (market.result !== null)
    return (market.result.winner === 'UP') === (token === market.up) ? 1 : 0
  const { bid, ask } = topOf(market, token)
  return (bid + ask) / 2 / TICKS_PER_DOLLAR
}

function trades({ desk }: DataApiDeps, user: string) {
  return desk
    .tradesOf(user)
    .reverse()
    .map((record) => tradeRow(record, user))
}

function tradeRow({ trade, market, transactionHash }: TradeRecord, user: string) {
  const mine = trade.taker === user ? trade : trade.maker
  const token = tokenOf(market, mine.token)
  return {
    proxyWallet: user,
    side: mine.way,
    asset: token,
    conditionId: market.conditionId,
    size: mine.shares / MICRO,
    price: mine.price / TICKS_PER_DOLLAR,
    timestamp: Math.floor(trade.atMs / 1_000),
    title: market.title,
    slug: market.slug,
    eventSlug: market.slug,
    outcome: outcomeOf(market, token),
    outcomeIndex: mine.token === 'UP' ? 0 : 1,
    transactionHash,
  }
}

function wanted(ask: Ask): (row: Position) => boolean {
  const redeemable = ask.query.get('redeemable')
  const here = inMarket(ask)
  return (row) => here(row) && (redeemable === null || row.redeemable === (redeemable === 'true'))
}

function inMarket(ask: Ask): (row: { readonly conditionId: string }) => boolean {
  const markets = ask.query.get('market')?.split(',') ?? []
  return ({ conditionId }) => markets.length === 0 || markets.includes(conditionId)
}

function ofSide(ask: Ask): (row: Row) => boolean {
  const side = ask.query.get('side')
  return (row) => side === null || row.side === side
}

function page<Row>(rows: readonly Row[], ask: Ask): Row[] {
  const limit = Math.min(wholeOf(ask.query.get('limit')) ?? LIMIT.usual, LIMIT.most)
  const offset = wholeOf(ask.query.get('offset')) ?? 0
  return rows.slice(offset, offset + limit)
}

function wholeOf(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}
