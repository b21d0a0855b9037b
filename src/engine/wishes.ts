/** What a strategy wants, as orders with their dollars and fees. The sizing has its say here; whether an order may go is asked of the gates. */
import { orderId } from '../domain/ids.ts'
import { tokenOf } from '../domain/market.ts'
import type { Order, OrderAction, OrderKind } from '../domain/order.ts'
import type { Check, Intent, Quote, Verdict, View } from '../domain/strategy.ts'
import {
  MICRO,
  MICROS_PER_SECOND,
  type MicroShares,
  type Micros,
  type MicroUsdc,
  microShares,
  micros,
  microUsdc,
  notional,
  type Ticks,
} from '../domain/units.ts'
import { sharesFor, spendFor } from '../pricing/amounts.ts'
import { takerFee } from '../pricing/fees.ts'
import { sizeOf } from '../pricing/sizing.ts'
import { type LastSecondTrader, trackOf } from './last-second-trader.ts'
import { sellable } from './own-orders.ts'
import type { EngineSettings } from './settings.ts'
import { countable, trialOf } from './trial.ts'

export type Wish = {
  readonly intent: {
    readonly side: Intent['side']
    readonly action: OrderAction
    readonly limit: Ticks
    readonly shares: MicroShares
  }
  readonly kind: OrderKind
  readonly rests: boolean
  readonly postOnly: boolean
  readonly ttlSec: number | null
  readonly spend: MicroUsdc
  readonly fee: MicroUsdc
}

export type Wishes = {
  /** Sent together or not at all. */
  readonly shots: readonly Wish[]
  readonly quotes: readonly { readonly quote: Quote; readonly wish: Wish }[]
  /** Of the sizing and of what is held: nothing where nothing is to be said. */
  readonly checks: readonly Check[]
}

const NOTHING: Wishes = { shots: [], quotes: [], checks: [] }

export function wishesOf(
  { intents, quotes = [], bothSides }: Verdict,
  trader: LastSecondTrader,
  view: View,
  settings: EngineSettings,
  stakeCap: MicroShares | null = null,
): Wishes {
  if (intents.length === 0 && quotes.length === 0) return NOTHING
  const { market } = trader
  const checks: Check[] = []
  const shots: Wish[] = []
  const mayHoldBoth = bothSides ?? settings.strategy.bothSides
  const trial = stakeCap === null ? null : trialOf(stakeCap, trader, checks)
  for (const intent of intents) {
    heldChecks(intent, trader, view, mayHoldBoth, checks)
    const sized =
      intents.length > 1 || intent.action === 'SELL'
        ? intent
        : resized(intent, trader, view, settings, checks)
    if (sized === null) continue
    const { side, action = 'BUY', kind = 'FOK' } = sized
    const bound = trial === null ? sized.shares : trial.shot(sized, intents)
    const shares = action === 'SELL' ? countable(bound) : bound
    // Dust that a purchase by dollars left behind is nobody's to sell.
    if (shares === 0) continue
    // What was enough for the whole size would buy more than the small one, where it is spent as dollars.
    const small = shares < sized.shares ? trackOf(trader, side).book.priceToTake(shares) : null
    const limit = small === null || action === 'SELL' ? sized.limit : lower(small, sized.limit)
    const fee = takerFee(market.fee, limit, shares)
    const taken = { kind, rests: false, postOnly: false, ttlSec: null, fee }
    if (action === 'SELL') {
      const spend = notional(limit, shares, 'floor')
      shots.push({ intent: { side, action, limit, shares }, spend, ...taken })
      continue
    }
    shots.push({
      intent: { side, action, limit, shares },
      spend: spendFor(limit, shares),
      ...taken,
    })
  }
  const wanted = quotes.map((quote) => {
    heldChecks(quote, trader, view, mayHoldBoth, checks)
    const shares = trial === null ? quote.shares : trial.quote(quote)
    return shares === quote.shares ? quote : { ...quote, shares }
  })
  const fit = wanted.filter(({ shares }) => countable(shares) > 0)
  return { shots, quotes: fit.map((quote) => ({ quote, wish: waiting(quote) })), checks }
}

function lower(a: Ticks, b: Ticks): Ticks {
  return a < b ? a : b
}

/** As it would wait. */
export function waiting(quote: Quote): Wish {
  const { side, action, price: limit, postOnly, ttlSec } = quote
  const shares = countable(quote.shares)
  return {
    intent: { side, action, limit, shares },
    kind: ttlSec === null ? 'GTC' : 'GTD',
    rests: true,
    postOnly,
    ttlSec,
    spend: notional(limit, shares, action === 'BUY' ? 'ceil' : 'floor'),
    // Who waits pays none.
    fee: microUsdc(0),
  }
}

/** Nobody sells what he does not hold, and few hold both sides. */
function heldChecks(
  { side, action = 'BUY', shares }: Pick<Intent, 'side' | 'action' | 'shares'>,
  trader: LastSecondTrader,
  view: View,
  mayHoldBoth: boolean,
  into: Check[],
): void {
  if (action === 'SELL') {
    const room = sellable(trader, side) - shares
    const note = room >= 0 ? 'so much is held' : 'more would be sold than is held'
    into.push({ name: 'HELD', ok: room >= 0, margin: room, unit: 'micro-shares', note })
    return
  }
  const other = view.held[side === 'UP' ? 'DOWN' : 'UP'].shares
  if (mayHoldBoth || other === 0) return
  const note = 'the other side is held already, and this strategy holds one side only'
  into.push({ name: 'BOTH_SIDES', ok: false, margin: -other, unit: 'micro-shares', note })
}

/** As the person's rule has it; null where nothing comes out. */
function resized(
  intent: Intent,
  trader: LastSecondTrader,
  view: View,
  { sizing, limits }: EngineSettings,
  into: Check[],
): Intent | null {
  if (sizing === null) return intent
  const { market } = trader
  const spendMax = Math.min(sizing.spendMax, sizing.capacity[market.asset] ?? sizing.spendMax)
  const room = limits.maxPosition - Math.max(0, view.held.UP.cost + view.held.DOWN.cost)
  // Of the cash alone, so that the gate, which counts what is out as well, never stands against a size that was made for it.
  const share = Math.floor(view.cash * (limits.account?.maxBankrollShare ?? 1))
  const sized = sizeOf({
    rule: sizing.rule,
    shares: intent.shares,
    bankroll: view.cash,
    spendMax: microUsdc(Math.max(0, Math.min(spendMax, room, share))),
    win: intent.win ?? null,
    fee: market.fee,
    asks: trackOf(trader, intent.side).book.levels('ASK'),
    cap: intent.cap ?? intent.limit,
    minShares: market.minShares,
    lot: microShares(MICRO),
  })
  const { refused } = sized
  const note = refused ?? 'the size is as the sizing has it'
  into.push({ name: 'SIZING', ok: refused === null, margin: null, unit: '', note })
  return sized.refused === null ? { ...intent, shares: sized.shares, limit: sized.limit } : null
}

/** All of it gives back what is held, or completes a pair. */
export function isExit({ shots, quotes }: Wishes, { held }: View): boolean {
  return (
    shots.length > 0 &&
    quotes.length === 0 &&
    shots.every(({ intent: { side, action, shares } }) => {
      if (action === 'SELL') return true
      const excess = held[side === 'UP' ? 'DOWN' : 'UP'].shares - held[side].shares
      return excess >= shares
    })
  )
}

/** An order is born. */
export function orderOf(
  wish: Wish,
  { market }: LastSecondTrader,
  serial: number,
  strategy: string,
  { recvAt, venueNow }: { readonly recvAt: Micros; readonly venueNow: Micros },
): Order {
  const { side, action, limit, shares } = wish.intent
  const { kind, postOnly, ttlSec, spend, rests } = wish
  // A purchase by dollars may get a little more than was asked for: as much as they buy at the limit.
  const bought = action === 'BUY' && !rests ? sharesFor(spend, limit) : null
  return {
    id: orderId(`${market.slug}/${serial}`),
    conditionId: market.conditionId,
    strategy,
    side,
    token: tokenOf(market, side),
    action,
    kind,
    postOnly,
    expiresAt: ttlSec === null ? null : micros(venueNow + ttlSec * MICROS_PER_SECOND),
    limit,
    spend,
    shares: bought ?? shares,
    decidedAt: recvAt,
  }
}
