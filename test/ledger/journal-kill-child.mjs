// Makes windows ready and marks shots as fast as it can, saying each when it is written, until it is killed.
import { openShotJournal } from '../../dist/ledger/shot-journal.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const [folder, run] = process.argv.slice(2)
const journal = openShotJournal(folder, log)
journal.compact(new Set())
for (let n = 1; ; n += 1) {
  const conditionId = `0x${run}${String(n).padStart(63, '0')}`
  const market = { conditionId, slug: `window-${run}-${n}`, padding: 'x'.repeat(2_000) }
  await journal.armed(market, [`0xid-${run}-${n}`])
  process.stdout.write(`armed ${conditionId}\n`)
  journal.mark(`0xid-${run}-${n}`, { id: `${market.slug}/1` }, market)
  process.stdout.write(`marked 0xid-${run}-${n}\n`)
}
