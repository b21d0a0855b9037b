/**
 * Without a dollar nothing can be begun; limits that allow more dollars than there are bound nothing, and with them nothing is begun either. Money that
 * is out is another matter: it is followed and collected all the same, by a bot that is paused.
 */
import type { Config } from '../config/schema.ts'
import type { Keeper, Remembered } from '../domain/ports.ts'
import type { MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Live } from './live-setup.ts'
import { bankrollOf, limitsTooLoose } from './safeguards.ts'

const ONLY_ENDS =
  'until then what is open is brought to its end and nothing is begun: the bot is paused, and resume is your word that you know'

export type BehindLimits = {
  readonly remembered: Remembered
  readonly keeper: Keeper
  /** What could be lost; null where it is no money. */
  readonly bankroll: MicroUsdc | null
  /** Why it starts paused. */
  readonly warning: string | null
}

export async function behindLimits(
  config: Config,
  live: Pick<Live, 'balance' | 'empty' | 'hasMarks' | 'keeper'> | null,
  ledger: Ledger,
): Promise<BehindLimits> {
  const remembered = await ledger.restore()
  if (live === null) return { remembered, keeper: ledger, bankroll: null, warning: null }
  const unredeemed = ledger.unredeemed()
  const bankroll = bankrollOf(live.balance, { ...remembered, unredeemed })
  const keeper = live.keeper(ledger)
  const refusal = live.empty ?? limitsTooLoose(config, bankroll)
  if (refusal === null) return { remembered, keeper, bankroll, warning: null }
  const hasOpen = remembered.shots.length + unredeemed.length > 0 || live.hasMarks
  if (!hasOpen) throw new UserError('preflight', refusal)
  return { remembered, keeper: paused(keeper), bankroll, warning: `${refusal}; ${ONLY_ENDS}` }
}

function paused(keeper: Keeper): Keeper {
  return {
    accept: (fact) => keeper.accept(fact),
    restore: async () => ({ ...(await keeper.restore()), paused: true }),
    close: () => keeper.close(),
  }
}
