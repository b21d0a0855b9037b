/** What the verbs pause, resume, stop and kill have in common: find the bot, tell it, say how it went. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { secretValue } from '../config/secrets.ts'
import { findBot, tellBot } from '../control/client.ts'
import { findControlKey } from '../control/control-key.ts'
import type { OperatorAction } from '../domain/account.ts'
import type { Log } from '../domain/ports.ts'
import type { MicroUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { writeOperatorAction } from '../ledger/operator.ts'
import { nowMicros } from '../net/clock.ts'
import { ledgerOptions, placeOf } from './ledger-options.ts'
import { EXIT, print, say, type Verb } from './verb.ts'

export type Word = {
  readonly action: OperatorAction
  readonly describe: string
  /** What holds once the bot has taken it. */
  readonly done: string
  /** What holds once it stands in the ledger of a bot that does not run; null where that means nothing. */
  readonly withoutBot: string | null
}

const LOG: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: say,
  error: say,
}

export function operatorVerb(word: Word): Verb {
  return {
    command: word.action,
    describe: word.describe,
    build: ledgerOptions,
    async run(args) {
      const { folder, config } = placeOf(args)
      const startingCash = config.paper.startingCashUsd as MicroUsdc
      const running = await tellOrWrite(word, folder, startingCash)
      if (args.json) print(JSON.stringify({ ok: true, action: word.action, running }))
      else print(running ? word.done : (word.withoutBot ?? ''))
      return EXIT.ok
    },
  }
}

/** True when a running bot took it, false when none runs and the ledger keeps it. */
async function tellOrWrite(word: Word, folder: string, startingCash: MicroUsdc): Promise<boolean> {
  const trouble = await tell(folder, word.action)
  if (trouble === null) return true
  const mayWrite = word.action === 'kill' || trouble.kind === 'not_running'
  if (word.withoutBot === null || !mayWrite) throw trouble
  if (trouble.kind !== 'not_running') throw await haltBehind(trouble, folder, startingCash)
  await write(word.action, folder, startingCash)
  // One that was just starting may have read the ledger a moment before.
  const again = await tell(folder, word.action)
  if (again !== null && again.kind !== 'not_running') throw again
  if (again !== null) say(`lastsecond: ${again.message}`)
  return again === null
}

/** A bot that runs and does not take the kill may have stopped in the middle of a write, and then its ledger takes no other. */
async function haltBehind(
  { kind, message }: UserError,
  folder: string,
  startingCash: MicroUsdc,
): Promise<UserError> {
  try {
    await write('kill', folder, startingCash)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return new UserError(
      kind,
      `${message}, AND NOTHING IS HALTED: ${error.message}. End this process (kill -9), then say \`lastsecond kill\` again`,
    )
  }
  return new UserError(
    kind,
    `${message}. The halt stands in the ledger, so that the next start is halted; make sure that this process ends`,
  )
}

/** Null when the bot took it. */
async function tell(folder: string, action: OperatorAction): Promise<UserError | null> {
  try {
    const bot = findBot(join(folder, 'run.json'))
    await tellBot(bot, findControlKey(bot.key, secretValue('DASHBOARD_API_KEY'), folder), action)
    return null
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

async function write(
  action: OperatorAction,
  folder: string,
  startingCash: MicroUsdc,
): Promise<void> {
  const path = join(folder, 'ledger.db')
  // Where there is no ledger, there is nothing to resume from.
  if (action === 'resume' && !existsSync(path)) return
  mkdirSync(folder, { recursive: true })
  await writeOperatorAction({ path, startingCash, log: LOG }, action, nowMicros())
}
