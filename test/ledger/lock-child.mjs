// Takes the lock of a wallet, says so, and holds it until it is killed: lock-child.mjs HOME ADDRESS VENUE FOLDER
import { takeWalletLock } from '../../dist/ledger/wallet-lock.js'

const [home, address, venue, folder] = process.argv.slice(2)
try {
  const lock = takeWalletLock({ home, address, venue, folder })
  process.on('message', () => process.send({ holds: lock.holds() }))
  process.send({ token: lock.token })
  process.on('SIGTERM', () => {
    lock.release()
    process.exit(0)
  })
} catch (error) {
  process.send({ kind: error.kind, message: error.message })
  process.disconnect()
}
