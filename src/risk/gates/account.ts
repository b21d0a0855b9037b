/** Whether the order fits into what is out already, over all windows. What is at stake is the price of the shares, without the fee on top. */
import type { Check } from '../../domain/strategy.ts'
import { MICRO } from '../../domain/units.ts'
import type { Stakes } from '../account.ts'
import { type AccountLimits, UNLIMITED } from '../limits.ts'
import { check, NO_ORDER, offCheck, refusal } from './check.ts'
import type { OrderGate, Situation, Wanted } from './gate.ts'

function limitsOf(now: Situation): AccountLimits {
  return now.limits.account ?? UNLIMITED
}

/** Selling puts nothing more at stake. */
function spends({ intent, spend }: NonNullable<Wanted['order']>): number {
  return intent.action === 'SELL' ? 0 : spend
}

/** Who gives back what he holds, or completes a pair, lowers what is at stake, and is never kept from it. */
function exitsPass(gate: OrderGate): OrderGate {
  const pass = check(
    gate.name,
    true,
    null,
    '',
    'it gives back what is held, or makes a pair of it',
    '',
  )
  return { ...gate, judge: (now, wanted) => (now.isExit === true ? pass : gate.judge(now, wanted)) }
}

const COOLDOWN_OFF = offCheck('COOLDOWN')

export const cooldown: OrderGate = exitsPass({
  name: 'COOLDOWN',
  asks: 'the last order of this window was sent long enough ago, whatever became of it',
  settings: ['limits.cooldownMs'],
  always: null,
  judge(now) {
    const { cooldownMicros } = limitsOf(now)
    if (cooldownMicros === null) return COOLDOWN_OFF
    const { lastOrderAt } = now.stakes
    const since = lastOrderAt === null ? null : now.recvAt - lastOrderAt - cooldownMicros
    return check(
      'COOLDOWN',
      since === null || since >= 0,
      since,
      'micros',
      'no order of this window was sent just now',
      'an order of this window was sent just now',
    )
  },
})

const EXPOSURE_OFF = offCheck('EXPOSURE')

/** The narrower first, so that the reason names what is nearest. */
const PLACES: readonly {
  readonly limit: 'maxExposureMarket' | 'maxExposureAsset' | 'maxExposureStrategy' | 'maxExposure'
  readonly of: keyof Pick<Stakes, 'market' | 'asset' | 'strategy' | 'all'>
  readonly no: string
}[] = [
  { limit: 'maxExposureMarket', of: 'market', no: 'too much would be at stake in this window' },
  { limit: 'maxExposureAsset', of: 'asset', no: 'too much would be at stake on this asset' },
  {
    limit: 'maxExposureStrategy',
    of: 'strategy',
    no: 'too much would be at stake by this strategy',
  },
  { limit: 'maxExposure', of: 'all', no: 'too much would be at stake in all windows' },
]

export const exposure: OrderGate = exitsPass({
  name: 'EXPOSURE',
  asks: 'with this order no more is at stake than allowed: in the window, on the asset, by the strategy, in all; an order of unknown fate is at stake',
  settings: [
    'limits.maxExposureMarketUsd',
    'limits.maxExposureAssetUsd',
    'limits.maxExposureStrategyUsd',
    'limits.maxExposureUsd',
  ],
  always: null,
  judge(now, { order }) {
    const limits = limitsOf(now)
    let least: number | null = null
    for (const { limit, of, no } of PLACES) {
      const most = limits[limit]
      if (most === null) continue
      if (order === null) return refusal('EXPOSURE', NO_ORDER)
      const room = most - now.stakes[of] - spends(order)
      if (room < 0) return roomCheck('EXPOSURE', room, no)
      least = least === null ? room : Math.min(least, room)
    }
    return least === null ? EXPOSURE_OFF : roomCheck('EXPOSURE', least, '')
  },
})

function roomCheck(name: string, room: number, no: string): Check {
  return check(name, room >= 0, room, 'micro-dollars', 'within what may be at stake', no)
}

const POSITIONS_OFF = offCheck('POSITIONS')

export const positions: OrderGate = exitsPass({
  name: 'POSITIONS',
  asks: 'with this one no more windows have money in them than allowed; those wait for their result, or for the fate of an order',
  settings: ['limits.maxOpenPositions'],
  always: null,
  judge(now) {
    const { maxOpenPositions: most } = limitsOf(now)
    if (most === null) return POSITIONS_OFF
    const room = most - now.stakes.otherPositions - 1
    return check(
      'POSITIONS',
      room >= 0,
      room,
      'windows',
      'few enough windows have money in them',
      'too many windows have money in them',
    )
  },
})

const TOGETHER_OFF = offCheck('TOGETHER')

export const together: OrderGate = exitsPass({
  name: 'TOGETHER',
  asks: 'no more is lost than allowed if everything that closes in the same minute loses at once, all assets together: they move together',
  settings: ['limits.maxTogetherUsd'],
  always: null,
  judge(now, { order }) {
    const { maxTogether } = limitsOf(now)
    if (maxTogether === null) return TOGETHER_OFF
    if (order === null) return refusal('TOGETHER', NO_ORDER)
    return roomCheck(
      'TOGETHER',
      maxTogether - now.stakes.together - spends(order),
      'too much would be lost if all that closes in this minute lost',
    )
  },
})

const BANKROLL_OFF = offCheck('BANKROLL')

export const bankroll: OrderGate = exitsPass({
  name: 'BANKROLL',
  asks: 'the order spends no larger share of the bankroll than allowed; the bankroll is the cash and what was paid for shares without a result',
  settings: ['limits.maxBankrollShare'],
  always: null,
  judge(now, { order }) {
    const { maxBankrollShare: share } = limitsOf(now)
    if (share === null) return BANKROLL_OFF
    if (order === null) return refusal('BANKROLL', NO_ORDER)
    // Exact for shares of a millionth and more.
    const most = Math.floor(((now.cash + now.stakes.held) * Math.round(share * MICRO)) / MICRO)
    const room = most - spends(order)
    return check(
      'BANKROLL',
      room >= 0,
      room,
      'micro-dollars',
      'a small enough share of the bankroll',
      'too large a share of the bankroll',
    )
  },
})
