/** What of an order is signed and posted beside its token: who gives what, and how long it may live at the venue. */
import type { Order, Rung } from '../../domain/order.ts'
import { MICROS_PER_SECOND, type Micros } from '../../domain/units.ts'
import type { OrderDraft } from './signer.ts'

/** The venue takes an order from the book so long before the moment that it was given. */
const GONE_BEFORE_SEC = 60
/** Less than three minutes ahead it may refuse that moment; a little more, for clocks that differ. */
const LEAST_AHEAD_SEC = 185

type Terms = Pick<
  OrderDraft,
  'token' | 'action' | 'kind' | 'postOnly' | 'expirationSec' | 'makerAmount' | 'takerAmount'
>

/** A fill-or-kill purchase: the only order that is made ready ahead. */
export function shotTerms({
  token,
  spend,
  shares,
}: Pick<Rung, 'token' | 'spend' | 'shares'>): Terms {
  return {
    token,
    action: 'BUY',
    kind: 'FOK',
    postOnly: false,
    expirationSec: 0,
    makerAmount: spend,
    takerAmount: shares,
  }
}

/** A buyer gives dollars for shares, a seller shares for dollars. */
export function termsOf(order: Order, venueNow: Micros): Terms {
  const { token, action, kind, postOnly, spend, shares } = order
  const [makerAmount, takerAmount] = action === 'BUY' ? [spend, shares] : [shares, spend]
  const expirationSec = kind === 'GTD' ? expirationOf(order, venueNow) : 0
  return { token, action, kind, postOnly, expirationSec, makerAmount, takerAmount }
}

/** Never sooner than meant: an order whose time is over is withdrawn by ourselves. */
function expirationOf({ expiresAt }: Order, venueNow: Micros): number {
  const meant = expiresAt === null ? 0 : Math.ceil(expiresAt / MICROS_PER_SECOND) + GONE_BEFORE_SEC
  return Math.max(meant, Math.ceil(venueNow / MICROS_PER_SECOND) + LEAST_AHEAD_SEC)
}
