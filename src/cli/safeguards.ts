/** What is on by default stays on where the money is real, at the start and while the bot runs. */
import { type Config, ConfigSchema } from '../config/schema.ts'
import type { RestoredShot } from '../domain/events.ts'
import { isOver, type Order, type SubmitOutcome, spentOn } from '../domain/order.ts'
import { formatMicro, type MicroUsdc, microUsdc } from '../domain/units.ts'

const CENT = 10_000

/** Why these settings do not trade with real money; null: they may. */
export function safeguardOff(config: Config): string | null {
  if (config.venue !== 'polymarket') return null
  const off = (['gates', 'limits'] as const).flatMap((group) => {
    const usual: Readonly<Record<string, unknown>> = ConfigSchema.shape[group].parse({})
    return Object.entries(config[group])
      .filter(([name, value]) => value === 'off' && usual[name] !== 'off')
      .map(([name]) => `${group}.${name}`)
  })
  const { winner } = config.params
  if (winner !== undefined && winner !== 'settlement') off.push('params.winner')
  if (off.length === 0) return null
  return `SAFEGUARD_OFF: ${off.join(', ')}: with real money ${off.length === 1 ? 'this is' : 'these are'} not switched off; set ${off.length === 1 ? 'it' : 'them'} again, or run without --live`
}

/** Those that guard the money by dollars, and are of no use when they allow more dollars than there are. */
const GUARDS = ['maxPositionUsd', 'maxTogetherUsd', 'maxDailyLossUsd', 'maxDrawdownUsd'] as const

/**
 * Why these limits bound nothing for so much money; null: they do. As much as there is, and no less, so that whoever sets half of his money may lose that
 * half and start again without setting anything anew.
 */
export function limitsTooLoose(config: Config, bankroll: MicroUsdc): string | null {
  if (config.venue !== 'polymarket') return null
  const loose = GUARDS.flatMap((name) => {
    const limit = config.limits[name]
    return limit === 'off' || limit <= bankroll ? [] : [{ name, limit }]
  })
  if (loose.length === 0) return null
  const told = loose.map(
    ({ name, limit }) => `limits.${name} (${formatMicro(microUsdc(limit))} USD)`,
  )
  const [is, it] = loose.length === 1 ? ['is', 'it'] : ['are', 'each']
  const most = formatMicro(microUsdc(Math.floor(bankroll / CENT) * CENT))
  return `SAFEGUARD_OFF: ${told.join(', ')} ${is} more than the ${formatMicro(bankroll)} USD that there are, which is no limit; set ${it} to ${most} or less, or run without --live`
}

/** What can be lost: the money at the venue, what was paid for shares whose result is not known, and wins that were not changed for dollars yet. */
export function bankrollOf(
  balance: MicroUsdc,
  {
    shots,
    unredeemed,
  }: {
    readonly shots: readonly Pick<RestoredShot, 'order' | 'outcome'>[]
    readonly unredeemed: readonly { readonly payout: number }[]
  },
): MicroUsdc {
  const held = shots.reduce((sum, { order, outcome }) => sum + paidFor(order, outcome), 0)
  return microUsdc(unredeemed.reduce((sum, { payout }) => sum + payout, balance + held))
}

/** Of an order that may live nobody knows what it took: what it could take at most. */
function paidFor(order: Order, outcome: SubmitOutcome | null): number {
  if (!isOver(outcome) && order.action === 'BUY') return order.spend
  return spentOn(order, outcome)
}
