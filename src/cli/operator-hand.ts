/** A person's hand on the bot of this process: what it was told before it started, and what it is told while it runs. */
import type { OperatorAction } from '../domain/account.ts'
import type { Change } from '../domain/change.ts'
import type { Keeper } from '../domain/ports.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Bot } from '../runtime/bot.ts'
import { haltText } from '../runtime/snapshot.ts'

export type Hand = {
  /** Waits for the bot, so that a word said while it starts is not lost; resolves when the word is on the disk. */
  operate(action: OperatorAction): Promise<void>
  /** The same of settings; what of them has changed. */
  change(asked: ReadonlyMap<string, string>, by: string): Promise<readonly Change[]>
  holds(bot: Bot, ledger: Ledger): void
}

export function createHand(): Hand {
  let give: (held: { bot: Bot; ledger: Ledger }) => void = () => undefined
  const running = new Promise<{ bot: Bot; ledger: Ledger }>((resolve) => {
    give = resolve
  })
  return {
    async operate(action) {
      const { bot, ledger } = await running
      await bot.operate(action)
      await ledger.flush()
    },
    async change(asked, by) {
      const { bot, ledger } = await running
      const changes = await bot.change(asked, by)
      await ledger.flush()
      return changes
    },
    holds: (bot, ledger) => give({ bot, ledger }),
  }
}

type Remembered = Awaited<ReturnType<Keeper['restore']>>

/** One clear line about a bot that will not shoot because a person said so, or null. */
export function heldLine({
  paused,
  halted,
  account,
}: Pick<Remembered, 'paused' | 'halted' | 'account'>): {
  readonly halted: boolean
  readonly line: string
} | null {
  if (halted)
    return {
      halted,
      line: `TRADING IS HALTED: ${account?.halt ? haltText(account.halt) : 'a person killed it'}, so that no shot is fired; \`lastsecond resume\` ends that`,
    }
  if (paused)
    return {
      halted,
      line: 'TRADING IS PAUSED: a person paused it, so that no shot is fired; `lastsecond resume` ends that',
    }
  return null
}
