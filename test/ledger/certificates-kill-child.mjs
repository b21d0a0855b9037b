// Seals and judges windows as fast as the ledger acknowledges them, and says how many, until it is killed.
import { openLedger } from '../../dist/ledger/ledger.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const ledger = await openLedger({ path: process.argv[2], startingCash: 1_000_000, log })
const text = 'x'.repeat(20_000)
for (let n = 1; ; n += 1) {
  const conditionId = `0x${n}`
  ledger.accept({ kind: 'sealed', at: n, sealed: { conditionId, text } })
  ledger.accept({ kind: 'judged', at: n, judged: { conditionId } })
  await ledger.flush()
  process.stdout.write(`${2 * n}\n`)
}
