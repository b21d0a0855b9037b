// Tells the ledger a settlement, gives its thread time to write it, tells the standing that follows from it, and is killed in the same turn.
import { openLedger } from '../../dist/ledger/ledger.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const [path, settled, stakes] = process.argv.slice(2)
const ledger = await openLedger({ path, startingCash: 1_000_000, log })
ledger.accept(JSON.parse(settled))
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
ledger.accept(JSON.parse(stakes))
process.kill(process.pid, 'SIGKILL')
