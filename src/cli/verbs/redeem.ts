/** Changes the shares of windows that were won for dollars: all that the ledger knows of, or one. The bot does this by itself; this is for what it left. */
import { existsSync } from 'node:fs'
import { type ConditionId, conditionId } from '../../domain/ids.ts'
import { formatMicro, microUsdc } from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import type { Unredeemed } from '../../ledger/books.ts'
import { type Ledger, openLedger, writerOf } from '../../ledger/ledger.ts'
import { nowMicros } from '../../net/clock.ts'
import { dollars } from '../amounts.ts'
import { atDesk, type Desk, deskOptions, onChain, refuseToMove } from '../money-desk.ts'
import { hearTrouble } from '../venue-answers.ts'
import { EXIT, print, type Verb } from '../verb.ts'

const AT_THE_SITE =
  'claim the win at polymarket.com (Portfolio); the bot notices the money, or write it down here: lastsecond redeem --mark'

/** `payout` is null for a window that the ledger does not know as won. */
type Result = {
  readonly conditionId: ConditionId
  readonly payout: number | null
  readonly paid: boolean
}

export const redeem: Verb = {
  command: 'redeem [condition]',
  describe: 'change the shares of won windows for dollars',
  build: (argv) =>
    deskOptions(argv)
      .positional('condition', { type: 'string', describe: "a window's condition id; else all" })
      .option('mark', {
        type: 'boolean',
        default: false,
        describe: 'only write down that they were redeemed elsewhere; sends nothing',
      }),
  run: (args) =>
    atDesk(args, async (desk) => {
      const only = conditionOf(args['condition'])
      const mark = args['mark'] === true
      if (!mark) refuseToMove(desk, 'lastsecond redeem', AT_THE_SITE)
      const results = await withLedger(desk, only, (ledger) => all(desk, ledger, only, mark))
      if (args.json) print(JSON.stringify(results.map(machine)))
      else tell(results, mark)
      return results.every(({ paid }) => paid) ? EXIT.ok : EXIT.general
    }),
}

function conditionOf(given: unknown): ConditionId | null {
  if (given === undefined) return null
  if (/^0x[0-9a-f]{64}$/i.test(String(given))) return conditionId(String(given).toLowerCase())
  throw new UserError(
    'usage',
    `"${String(given)}" is not a condition id: 0x and 64 hex digits, as \`lastsecond trades --live --json\` and \`lastsecond balance\` print them`,
  )
}

/** The ledger is written, so nobody else may write it meanwhile. */
async function withLedger<Answer>(
  { ledgerPath }: Desk,
  only: ConditionId | null,
  work: (ledger: Ledger | null) => Promise<Answer>,
): Promise<Answer> {
  const writer = writerOf(ledgerPath)
  if (writer !== null) {
    throw new UserError(
      'preflight',
      `the bot of live trading is running (process ${writer}) and redeems by itself; let it, or end it first: lastsecond stop --live`,
    )
  }
  if (!existsSync(ledgerPath)) {
    if (only !== null) return await work(null)
    throw new UserError(
      'not_running',
      `there is no ledger at ${ledgerPath}, so nobody knows what was won; name the window: lastsecond redeem CONDITION`,
    )
  }
  const ledger = await openLedger({
    path: ledgerPath,
    startingCash: microUsdc(0),
    log: hearTrouble().log,
  })
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

async function all(
  desk: Desk,
  ledger: Ledger | null,
  only: ConditionId | null,
  mark: boolean,
): Promise<Result[]> {
  const known = ledger?.unredeemed() ?? []
  const wanted: readonly (Unredeemed | { conditionId: ConditionId; payout: null })[] =
    only === null
      ? known
      : [known.find((one) => one.conditionId === only) ?? { conditionId: only, payout: null }]
  const results: Result[] = []
  for (const { conditionId: id, payout } of wanted) {
    const paid =
      mark || (await onChain(`the win of ${id} could not be redeemed`, desk.chain.redeem(id)))
    if (paid && payout !== null) ledger?.redeemed(id, nowMicros())
    results.push({ conditionId: id, payout, paid })
  }
  // The venue looks at the chain again, so that the dollars can be traded with at once.
  if (!mark && results.some(({ paid }) => paid)) await (await desk.account()).refresh()
  return results
}

function machine({ conditionId: id, payout, paid }: Result): object {
  return {
    conditionId: id,
    redeemed: paid,
    payout: payout === null ? null : formatMicro(microUsdc(payout)),
  }
}

function tell(results: readonly Result[], mark: boolean): void {
  if (results.length === 0) print('Nothing to redeem: every win of the ledger was paid out.')
  for (const { conditionId: id, payout, paid } of results) {
    const sum = payout === null ? 'not a win of the ledger' : dollars(payout)
    const what = mark ? 'written down as redeemed' : 'redeemed'
    print(
      paid
        ? `${id}: ${what} (${sum})`
        : `${id}: not yet, the chain does not know the winner; try again in some minutes`,
    )
  }
}
