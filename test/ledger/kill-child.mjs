// Writes to a ledger as fast as it is acknowledged, and says how much was, until it is killed.
import { openLedger } from '../../dist/ledger/ledger.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const ledger = await openLedger({ path: process.argv[2], startingCash: 1_000_000, log })
for (let n = 1; ; n += 1) {
  ledger.accept({ kind: 'operator', action: 'pause', at: n })
  await ledger.flush()
  process.stdout.write(`${n}\n`)
}
