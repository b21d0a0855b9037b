/** The embedded venue: deliveries of its market channel for a second of one core, signed orders verified, a day through its engine, memory over many windows. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Wallet } from 'ethers'
import { WebSocket } from 'ws'
import { takeIn } from '../dist/local-venue/orders/intake.js'
import { EXCHANGE_V2 } from '../dist/local-venue/orders/typed-data.js'
import { profileOf } from '../dist/local-venue/profile.js'
import { shortSchedule } from '../dist/local-venue/schedule.js'
import { createWorld } from '../dist/local-venue/world.js'
import { createCrowd } from '../dist/sim/crowd.js'
import { createMatching } from '../dist/sim/matching.js'
import { createAccounts } from '../dist/sim/matching-accounts.js'
import { createHolds } from '../dist/sim/matching-holds.js'
import { percentiles } from './support/stats.mjs'

const SOCKETS = 20
const RATE = 500
const GRACE_MS = 5_000
const TICKS_PER_SECOND = 100

export async function bench({ quick, tiny = false }) {
  const rows = [
    await deliveries(tiny ? 1 : quick ? 5 : 20, tiny ? 5 : RATE),
    await signedOrders(tiny ? 5 : quick ? 200 : 1_000),
    wholeDay(tiny ? 0.001 : quick ? 0.02 : 1),
    manyWindows(tiny ? 20 : quick ? 200 : 2_000),
  ]
  const [{ perSecond }] = rows
  return {
    bench: 'venue',
    unit: 'deliveries per second',
    ours: { perSecond },
    rival: null,
    ratio: null,
    rows,
  }
}

/** 16 windows, each frame to every one of 20 sockets; the venue in a process of its own, its processor time read from the system. */
async function deliveries(seconds, rate) {
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [
      main,
      'venue',
      '--json',
      '--parent',
      '--rate',
      String(rate),
      '--window',
      '600',
      '--first-close',
      '590',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const line = await new Promise((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text.split('\n')[0])
    })
  })
  const { marketWs, control } = JSON.parse(line)
  const { windows } = await (await fetch(`${control}/state`)).json()
  const tokens = windows
    .filter(({ phase }) => phase === 'open')
    .flatMap(({ tokens: { up, down } }) => [up, down])
  let received = 0
  const sockets = Array.from({ length: SOCKETS }, () => {
    const socket = new WebSocket(marketWs, { perMessageDeflate: false, skipUTF8Validation: true })
    socket.on('open', () =>
      socket.send(
        JSON.stringify({ assets_ids: tokens, type: 'market', custom_feature_enabled: true }),
      ),
    )
    socket.on('message', () => {
      received += 1
    })
    return socket
  })
  await pause(3_000)
  const [before, usedBefore] = [received, processorSeconds(child.pid)]
  const start = process.hrtime.bigint()
  await pause(seconds * 1_000)
  const took = Number(process.hrtime.bigint() - start) / 1e9
  const [count, used] = [received - before, processorSeconds(child.pid) - usedBefore]
  for (const socket of sockets) socket.terminate()
  child.stdin.end()
  // What it has still to catch up with on a busy machine interests nobody.
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
  return {
    row: `frame deliveries: ${tokens.length / 2} windows, ${SOCKETS} sockets`,
    unit: 'deliveries a second of one core',
    perSecond: Math.round(count / used),
    delivered: Math.round(count / took),
    busy: Number((used / took).toFixed(2)),
  }
}

function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Shape, hash, signature, owner: all that happens before the matching engine is asked. */
async function signedOrders(count) {
  const wallet = Wallet.createRandom()
  const token = '71234567890123456789012345678901234567890123456789012345678901234567890123456'
  const owner = {
    address: wallet.address,
    credentials: { apiKey: 'key', secret: '', passphrase: '' },
  }
  const market = { up: token, down: '1', result: null }
  const deps = { marketOf: () => market, versionOf: () => '2' }
  const domain = {
    name: 'Polymarket CTF Exchange',
    version: '2',
    chainId: 137,
    verifyingContract: EXCHANGE_V2,
  }
  const uint = (name) => ({ name, type: 'uint256' })
  const Order = [
    uint('salt'),
    { name: 'maker', type: 'address' },
    { name: 'signer', type: 'address' },
    uint('tokenId'),
    uint('makerAmount'),
    uint('takerAmount'),
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
    uint('timestamp'),
    { name: 'metadata', type: 'bytes32' },
    { name: 'builder', type: 'bytes32' },
  ]
  const zero = `0x${'0'.repeat(64)}`
  const bodies = []
  for (let salt = 1; salt <= count; salt += 1) {
    const fields = {
      salt,
      maker: wallet.address,
      signer: wallet.address,
      tokenId: token,
      makerAmount: '9700000',
      takerAmount: '10000000',
      side: 0,
      signatureType: 0,
      timestamp: '1795219200000',
      metadata: zero,
      builder: zero,
    }
    const signature = await wallet.signTypedData(domain, { Order }, fields)
    bodies.push({
      order: { ...fields, side: 'BUY', expiration: '0', signature },
      owner: 'key',
      orderType: 'FOK',
    })
  }
  const times = []
  const start = process.hrtime.bigint()
  for (const body of bodies) {
    const from = process.hrtime.bigint()
    if ('error' in takeIn(deps, owner, body, 0)) throw new Error('a good order was refused')
    times.push(Number(process.hrtime.bigint() - from) / 1_000)
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  return {
    row: 'signed orders verified',
    unit: 'orders a second',
    perSecond: Math.round(count / seconds),
    micros: percentiles(times),
  }
}

/** 15m windows of four assets, 50 events a second each, every level kept by the matching engine beside a resting order of a person. */
function wholeDay(share) {
  const { survival, tickFlipChance, favouriteAskMinShares, discountMax } = profileOf('faithful')
  const windows = Math.max(1, Math.round(4 * 96 * share))
  let events = 0
  const start = process.hrtime.bigint()
  for (let index = 0; index < windows; index += 1) {
    const accounts = createAccounts(1e15)
    accounts.deposit('ann', 1e9)
    const matching = createMatching({
      market: 'm',
      accounts,
      holds: createHolds(),
      welcome: () => 0,
      tick: () => 100,
      onLevel() {},
      onTrade() {},
      onOrder() {},
    })
    const crowd = createCrowd({
      name: ['bench', index],
      startSec: 0,
      endSec: 900,
      fromSec: 0,
      habits: {
        ratePerSec: 50,
        survival,
        tickFlipChance,
        favouriteAskMin: favouriteAskMinShares * 1e6,
        discountMax,
      },
      survivalDraw: 0.5,
      fairAt: (sec) => 0.5 + 0.49 * Math.sin(sec / 300 + index),
    })
    for (const { price, size } of crowd.opening.bids) matching.setCrowd('BID', price, size, 0)
    for (const { price, size } of crowd.opening.asks) matching.setCrowd('ASK', price, size, 0)
    matching.submit(
      {
        id: 'a',
        account: 'ann',
        token: 'UP',
        way: 'BUY',
        makerAmount: 100_000,
        takerAmount: 10_000_000,
        type: 'GTC',
        postOnly: false,
        expiresSec: 0,
        atMs: 0,
      },
      0,
    )
    for (let sec = 0; sec < 900; sec += 1) {
      for (const event of crowd.nextSecond()) {
        events += 1
        if (event.kind === 'tick') continue
        if (event.kind === 'match')
          matching.crowdTakes(event.side, event.price, event.matched, event.atMs)
        matching.setCrowd(event.side, event.price, event.size, event.atMs)
      }
    }
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  return {
    row: 'a day of 15m windows, four assets, through the matching engine',
    unit: 'seconds',
    windows,
    events,
    seconds: Number(seconds.toFixed(1)),
    wholeDaySeconds: Number((seconds / share).toFixed(1)),
    perSecond: Math.round(events / seconds),
  }
}

/** Windows of a minute, one after the other, resolved and forgotten. */
function manyWindows(count) {
  const profile = { ...profileOf('demo'), windowSec: 60, firstCloseSec: 60 }
  const anchorSec = 1_795_194_000
  const world = createWorld({
    seed: 1,
    profile,
    schedule: shortSchedule(60, anchorSec + 60),
    anchorSec,
    ratePerSec: 2,
    listedAhead: 1,
    holdsResolution: () => false,
    // What breaks in here ends the measurement.
    bugs: { attempt: (act) => act() },
  })
  let resolved = 0
  world.listen((event) => {
    if (event.kind === 'resolved') resolved += 1
  })
  const heap = []
  let sec = anchorSec
  let next = count / 10
  while (resolved < count) {
    sec += 1
    world.advanceTo(sec * 1_000)
    if (resolved < next) continue
    next += count / 10
    globalThis.gc?.()
    heap.push(Math.round(process.memoryUsage().heapUsed / 1e6))
  }
  return { row: `memory over ${count} windows`, unit: 'MB of heap', heap }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
