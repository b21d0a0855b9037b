// A process of its own: makes 200 orders ready as the live gateway does, and says for how long the loop did not turn meanwhile.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openShotJournal } from '../../dist/ledger/shot-journal.js'
import { nowMicros } from '../../dist/net/clock.js'
import { createPosts } from '../../dist/net/prepared-post.js'
import { createLiveGateway } from '../../dist/runtime/live-gateway.js'
import { linger } from '../../dist/runtime/spin.js'
import { createAheadSigner } from '../../dist/venues/polymarket/ahead-signer.js'
import { ORDER_FIELDS } from '../../dist/venues/polymarket/order-hash.js'
import { createSigner } from '../../dist/venues/polymarket/signer.js'
import { NO_QUOTES } from './no-quotes.mjs'
import { marketOf } from './wire-frames.mjs'

const [rounds] = process.argv.slice(2).map(Number)
const RUNGS = 200
const folder = mkdtempSync(join(tmpdir(), 'lastsecond-ladder-'))
const wallet = { privateKey: `0x${'7a'.repeat(32)}`, signatureType: 0, funder: null }
const signer = createSigner(wallet)
const post = {
  address: signer.address,
  apiKey: 'key',
  passphrase: 'pass',
  secret: Buffer.from('a secret of thirty-two bytes, ok').toString('base64'),
}
const journal = openShotJournal(folder, console)
let armed = () => undefined
const gateway = createLiveGateway({
  wire: { quiet() {}, rehearse() {}, async close() {} },
  journal: {
    ...journal,
    armed: (...args) => journal.armed(...args).then(() => setTimeout(() => armed(), 20)),
  },
  signer,
  ahead: createAheadSigner(wallet),
  account: {},
  fates: { close() {} },
  quotes: NO_QUOTES,
  prepare: createPosts({ host: '127.0.0.1', path: '/order', signer: post, userAgent: 'bench' }),
  owner: 'key',
  maxSignedAgeMs: 90_000,
  now: nowMicros,
  venueNow: nowMicros,
  salt: () => 1 + Math.floor(Math.random() * 2 ** 47),
  rehearseDecision() {},
  emit() {},
  log: console,
  shot() {},
})

let turning = true
let longest = 0
let last = { at: performance.now(), waited: waitedMicros() }
/** The longest time between two turns, without what others had the core for. */
function turn() {
  // A turn makes garbage, and a nursery that this loop fills by turning would stall what is measured.
  linger()
  const at = performance.now()
  if ((at - last.at) * 1_000 > 200) {
    const waited = waitedMicros()
    longest = Math.max(longest, (at - last.at) * 1_000 - (waited - last.waited))
    last = { at: performance.now(), waited }
  } else last.at = at
  if (turning) setImmediate(turn)
}

function waitedMicros() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1_000
  } catch {
    return 0
  }
}

async function ladder(n) {
  const market = { ...marketOf(n), version: 'v2', endAt: nowMicros() + 3_600_000_000 }
  const rungs = Array.from({ length: RUNGS }, (_, at) => ({
    side: at % 2 === 0 ? 'UP' : 'DOWN',
    token: at % 2 === 0 ? market.up : market.down,
    limit: 5_000 + 50 * at,
    spend: 2_500_000 + at,
    shares: 5_000_000,
  }))
  last = { at: performance.now(), waited: waitedMicros() }
  longest = 0
  const startedAt = performance.now()
  const ready = new Promise((resolve) => {
    armed = resolve
  })
  gateway.arm({ kind: 'arm', market, rungs, from: market.endAt - 1_000_000 })
  await ready
  return { stall: longest, micros: (performance.now() - startedAt) * 1_000 }
}

turn()
// What runs for the first time is compiled; a bot has warmed up by its first window.
for (let round = 0; round < 3; round += 1) await ladder(round)
const results = []
for (let round = 0; round < rounds; round += 1) results.push(await ladder(round + 10))

/** The same in one go on the loop, with the faster of the official client's signers. */
const { privateKeyToAccount } = await import('viem/accounts')
const account = privateKeyToAccount(wallet.privateKey)
const types = { Order: ORDER_FIELDS }
const zero = `0x${'0'.repeat(64)}`
const rival = []
for (let round = 0; round < 4; round += 1) {
  longest = 0
  last = { at: performance.now(), waited: waitedMicros() }
  await Promise.all(
    Array.from({ length: RUNGS }, (_, at) =>
      account.signTypedData({
        domain: { name: 'Polymarket CTF Exchange', version: '2', chainId: 137 },
        types,
        primaryType: 'Order',
        message: {
          salt: BigInt(at),
          maker: account.address,
          signer: account.address,
          tokenId: BigInt(marketOf(1).up),
          makerAmount: 2_500_000n,
          takerAmount: 5_000_000n,
          side: 0,
          signatureType: 0,
          timestamp: 1n,
          metadata: zero,
          builder: zero,
        },
      }),
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, 5))
  rival.push(longest)
}
turning = false
process.send({ results, rival: rival.slice(1) }, async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
