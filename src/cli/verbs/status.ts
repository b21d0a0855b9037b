/** The running bot, as it sees itself. */
import { join } from 'node:path'
import { askStatus } from '../../control/client.ts'
import { changesText } from '../../domain/change.ts'
import { folderOf, ledgerOptions } from '../ledger-options.ts'
import { windowTable } from '../live-table.ts'
import { EXIT, print, type Verb } from '../verb.ts'

export const status: Verb = {
  command: 'status',
  describe: 'the running bot: windows, books, clock, totals',
  build: ledgerOptions,
  async run(args) {
    const snapshot = await askStatus(join(folderOf(args), 'run.json'))
    if (args.json) {
      print(JSON.stringify(snapshot))
      return EXIT.ok
    }
    const { totals } = snapshot
    print(
      `${snapshot.mode.toUpperCase()} on ${snapshot.venue}, strategy ${snapshot.strategy}, since ${snapshot.startedAt}`,
    )
    print(snapshot.ready ? 'ready' : `not ready: ${snapshot.notReady.join('; ')}`)
    print(
      `settled ${totals.settled}, fired ${totals.fired}, filled ${totals.filled}, won ${totals.wins}, profit and loss ${totals.pnl} USD`,
    )
    const { changed } = snapshot.engine
    if (changed.length > 0) print(`changed while it runs, until it ends: ${changesText(changed)}`)
    print(windowTable(snapshot.engine).join('\n'))
    return EXIT.ok
  },
}
