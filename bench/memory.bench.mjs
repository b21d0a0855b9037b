/** 16 windows at once, two listeners each, 500 frames a second on every socket: no frame lost, memory flat, lag of the loop. */
import { spawn } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { createEngine } from '../dist/engine/engine.js'
import { nowMicros } from '../dist/net/clock.js'
import { createDispatcher } from '../dist/runtime/dispatcher.js'
import { lastSecond } from '../dist/strategies/last-second.js'
import { createBookSource } from '../dist/venues/polymarket/market-channel.js'
import { BOOK_GATES } from './support/book-gates.mjs'
import { marketOf } from './support/many-markets.mjs'

const MARKETS = 16
const PER_SECOND = 500
const ASSETS = ['btc', 'eth', 'sol', 'xrp']
const INTERVALS = ['5m', '15m', '1h', '4h']

export async function bench({ quick, tiny = false }) {
  const seconds = tiny ? 1 : quick ? 20 : 600
  const perSecond = tiny ? 20 : PER_SECOND
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./support/many.mjs', import.meta.url)),
      String(MARKETS),
      String(perSecond),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const port = Number(await line(child.stdout))
  const { books, counts, doubts, dispatcher } = bot(port)
  // Heartbeat answers are frames too, but nobody counts them on the other side.
  const received = () => counts().frames - (counts().byKind['PONG'] ?? 0)
  const lag = monitorEventLoopDelay({ resolution: 5 })
  const memory = []
  await pause(3_000)
  lag.enable()
  for (let sample = 0; sample < 10; sample += 1) {
    await pause((seconds * 1_000) / 10)
    memory.push(Math.round(process.memoryUsage().rss / 1e6))
  }
  lag.disable()
  child.stdin.write('stop\n')
  const sent = Number(await line(child.stdout))
  while (received() < sent) {
    const before = received()
    await pause(500)
    if (received() === before) break
  }
  const { failed } = counts()
  const frames = received()
  for (const listener of books) await listener.close()
  child.stdin.end()
  const half = memory.slice(5)
  const row = {
    row: `${MARKETS} windows, ${perSecond} frames/s on each of ${MARKETS * 2} sockets, ${seconds} s`,
    sent,
    received: frames,
    lost: sent - frames,
    failed,
    bookDoubts: doubts(),
    events: dispatcher.counts.events,
    deepestInbox: dispatcher.counts.deepest,
    rssMB: memory,
    rssGrowthMBSecondHalf: half.at(-1) - half[0],
    loopLagMs: { p50: lag.percentile(50) / 1e6, p99: lag.percentile(99) / 1e6, max: lag.max / 1e6 },
  }
  if (row.lost !== 0 || failed !== 0) throw new Error(`frames were lost: ${JSON.stringify(row)}`)
  return {
    bench: 'memory',
    unit: 'MB',
    ours: { p50: memory[5], p90: memory[9], p99: Math.max(...memory) },
    rival: null,
    ratio: null,
    rows: [row],
  }
}

/** The real path: listeners, decoder, dispatcher, engine. */
function bot(port) {
  let doubts = 0
  const limits = {
    maxOrdersPerMarket: 1,
    maxBookAgeMs: 5_000,
    maxClockErrorMs: 250,
    maxPosition: 100_000_000,
  }
  const engine = createEngine({
    strategy: lastSecond.bind({ winner: 'book', listenFromSec: 3_600 }),
    prices: { order: { settlement: ['rtds'], spot: ['binance'] }, lostAfterMs: 15_000 },
    limits,
    sizing: null,
    gates: BOOK_GATES,
    startingCash: 1e10,
    warmUpSec: 10,
    cleanUpSec: 10,
    minTimeToStartSec: 30,
    holdMs: 150,
    staleAfterMs: 5_000,
    once: false,
    series: [],
  })
  const listeners = []
  const sink = {
    accept: (fact) => {
      if (fact.kind === 'book_doubt') doubts += 1
    },
    close: () => Promise.resolve(),
  }
  const dispatcher = createDispatcher({
    engine,
    tape: null,
    sinks: [sink],
    act: (command) => {
      if (command.kind === 'watch')
        for (const side of ['UP', 'DOWN']) listeners.push(source.listen(command.market, side))
    },
  })
  const quiet = () => undefined
  const source = createBookSource({
    url: `ws://127.0.0.1:${port}`,
    fetchBook: () => Promise.reject(new Error('no REST here')),
    emit: dispatcher.dispatch,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    now: nowMicros,
    random: Math.random,
    options: { pingMs: 10_000, silenceMs: 10_000, sockets: 'split' },
  })
  const now = nowMicros()
  dispatcher.dispatch({
    kind: 'clock',
    offsetMicros: 0,
    errorMicros: 1_000,
    recvAt: now,
    venueAt: null,
  })
  for (let n = 0; n < MARKETS; n += 1) {
    const ids = marketOf(n)
    const market = {
      ...ids,
      slug: `w${n}`,
      title: '',
      asset: ASSETS[n % 4],
      interval: INTERVALS[Math.floor(n / 4)],
      startAt: now - 1e6,
      endAt: now + 3.6e9,
      mappingDoubt: null,
      tickSize: 100,
      minShares: 5e6,
      fee: { rateMicro: 70_000, exponent: 1 },
      takerHold: true,
      version: 'v1',
      resolutionSource: null,
      rules: { description: null, averaging: null },
    }
    dispatcher.dispatch({
      kind: 'market_listed',
      market: { ...market, endAt: now + 1_800e6 },
      recvAt: nowMicros(),
      venueAt: null,
    })
  }
  return { books: listeners, counts: () => source.stats().counts, doubts: () => doubts, dispatcher }
}

function line(stream) {
  return new Promise((resolve) => stream.once('data', (chunk) => resolve(chunk.toString().trim())))
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
