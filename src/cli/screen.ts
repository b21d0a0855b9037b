/** What a running bot shows: a living table for people, one JSON line for each settled window for programs. */

import { createRiskAccount } from '../risk/account.ts'
import type { Bot } from '../runtime/bot.ts'
import { accountSnapshot, type EngineSnapshot } from '../runtime/snapshot.ts'
import { createScreen, type Screen } from './live-table.ts'
import { settledLine } from './settled-line.ts'
import { inOrderOfClose } from './settled-order.ts'
import { print, say } from './verb.ts'

const EMPTY: EngineSnapshot = {
  cash: '0',
  paused: false,
  halted: false,
  haltReason: null,
  stakes: null,
  account: accountSnapshot(createRiskAccount().view()),
  stopping: false,
  clock: null,
  roundTrip: null,
  changed: [],
  windows: [],
}

export function screenFor(
  args: { readonly json: boolean; readonly live: boolean },
  venue: string,
  notes: readonly string[],
  bot: () => Bot | null,
): Screen {
  if (args.json) {
    const sink = inOrderOfClose((settlement) => print(JSON.stringify(settledLine(settlement))))
    return { sink, note: (line) => say(`lastsecond: ${line}`), stop: () => undefined }
  }
  const place = venue === 'local' ? 'embedded venue, play money' : 'Polymarket, no orders are sent'
  return createScreen({
    banner: [
      args.live
        ? `lastsecond  ${venue === 'local' ? 'LIVE ON EMBEDDED VENUE  play money' : 'LIVE  real money'}`
        : `lastsecond  DRY RUN  ${place}`,
      ...notes.map((note) => `  ${note}`),
    ],
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY === true,
    snapshot: () => bot()?.snapshot() ?? EMPTY,
  })
}
