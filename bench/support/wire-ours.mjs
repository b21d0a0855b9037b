/**
 * The product's own way, put together as `run --live` does it: market channel, decoder, dispatcher, engine, live gateway, order wire. What has no
 * part in a shot (discovery, the venue's clock, the account) is a few lines that answer at once.
 */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { openLedger } from '../../dist/ledger/ledger.js'
import { openShotJournal } from '../../dist/ledger/shot-journal.js'
import { nowMicros } from '../../dist/net/clock.js'
import { openOrderWire } from '../../dist/net/order-wire.js'
import { createPosts } from '../../dist/net/prepared-post.js'
import { createBot } from '../../dist/runtime/bot.js'
import { createLiveGateway } from '../../dist/runtime/live-gateway.js'
import { createOrderFates } from '../../dist/runtime/order-fate.js'
import { lastSecond } from '../../dist/strategies/last-second.js'
import { createAheadSigner } from '../../dist/venues/polymarket/ahead-signer.js'
import { createBookSource } from '../../dist/venues/polymarket/market-channel.js'
import { createSigner } from '../../dist/venues/polymarket/signer.js'
import { BOOK_GATES } from './book-gates.mjs'
import { NO_QUOTES } from './no-quotes.mjs'
import { CAP_TEXT, marketOf } from './wire-frames.mjs'

const USER_AGENT = 'lastsecond/0.1'
/** Long enough that a shot that had to wait for a slow one is still in its span; and its timers fall between two shots. */
export const CLOSE_AFTER_MS = 3_010
const TRIGGER_SEC = 6
/** Nobody's. */
export const WALLET = {
  privateKey: `0x${'7a'.repeat(32)}`,
  credentials: {
    apiKey: '0b6ad8a3-5a3c-4f7e-9f0a-1d2c3b4a5e6f',
    secret: Buffer.from('a secret of thirty-two bytes, ok').toString('base64'),
    passphrase: 'b'.repeat(64),
  },
}
const DOLLAR = 1_000_000
const QUIETLY = { debug() {}, info() {} }

export async function startOurs({
  channel,
  clob,
  privateKey,
  credentials,
  folder,
  fireAtSec = TRIGGER_SEC,
}) {
  const complaints = []
  const complain = (message, data) =>
    complaints.push({ message, ...data, error: String(data?.error) })
  const log = { ...QUIETLY, warn: complain, error: complain }
  const shots = []
  const inline = new Set()
  const ledger = await openLedger({
    path: join(folder, 'ledger.db'),
    gates: BOOK_GATES,
    startingCash: 1_000_000 * DOLLAR,
    log,
  })
  const wallet = { privateKey, signatureType: 0, funder: null }
  const wire = { now: null }
  let emit = null
  const gateway = (context) => {
    const made = gatewayOf({ clob, wallet, credentials, folder, log, inline, shots, context })
    wire.now = made.wire
    return made.gateway
  }
  const bot = createBot({
    settings: settings(fireAtSec),
    orders: { mode: 'live', open: gateway },
    now: nowMicros,
    log,
    keeper: ledger,
    sinks: [],
    tape: null,
    venueIsNew: false,
    venue(sink) {
      emit = sink
      return venueParts(channel, sink, log)
    },
  })
  await bot.start()
  return {
    shots,
    complaints,
    wireReady: () => wire.now.ready(),
    stop: () => bot.stop(),
    /** Windows that close some time after their shot; those of the way `inline` sign for themselves. */
    list(wanted) {
      for (const { market, at, way } of wanted) {
        const found = windowOf(market, at)
        if (way === 'inline') inline.add(found.up)
        emit({ kind: 'market_listed', market: found, recvAt: nowMicros(), venueAt: null })
      }
    },
  }
}

function settings(fireAt) {
  return {
    prices: { order: { settlement: ['rtds'], spot: ['binance'] }, lostAfterMs: 15_000 },
    strategy: lastSecond.bind({
      winner: 'book',
      maxAsk: CAP_TEXT,
      shares: 5,
      fireAt,
      listenFromSec: 120,
    }),
    limits: {
      maxOrdersPerMarket: 1,
      maxBookAgeMs: 60_000,
      maxClockErrorMs: 250,
      maxPosition: 100 * DOLLAR,
    },
    sizing: null,
    gates: BOOK_GATES,
    startingCash: 1_000_000 * DOLLAR,
    warmUpSec: 1,
    cleanUpSec: 1,
    minTimeToStartSec: 0.5,
    holdMs: 150,
    staleAfterMs: 60_000,
    once: false,
    series: [{ asset: 'btc', interval: '15m' }],
  }
}

function windowOf(number, at) {
  const endAt = Math.round((at + CLOSE_AFTER_MS) * 1_000)
  return {
    ...marketOf(number),
    title: 'Bitcoin Up or Down',
    asset: 'btc',
    interval: '15m',
    startAt: endAt - 900 * DOLLAR,
    endAt,
    mappingDoubt: null,
    tickSize: 100,
    minShares: 5 * DOLLAR,
    fee: { rateMicro: 70_000, exponent: 1 },
    takerHold: false,
    version: 'v2',
    resolutionSource: null,
    rules: { description: null, averaging: null },
  }
}

function venueParts(channel, emit, log) {
  const books = createBookSource({
    url: channel,
    fetchBook: () => Promise.reject(new Error('a book was doubted')),
    emit,
    log,
    now: nowMicros,
    random: Math.random,
    options: { pingMs: 10_000, silenceMs: 120_000, sockets: 'split' },
  })
  const clock = {
    async start() {
      const at = { recvAt: nowMicros(), venueAt: null }
      emit({ kind: 'clock', offsetMicros: 0, errorMicros: 1_000, ...at })
    },
    stop() {},
    venueNow: nowMicros,
    estimate: () => null,
    observe() {},
  }
  const finder = {
    start() {},
    forget() {},
    askStrike() {},
    async stop() {},
    awaitResolution({ conditionId }) {
      const at = { recvAt: nowMicros(), venueAt: null }
      setTimeout(() => {
        const winner = { winner: 'DOWN', source: 'bench' }
        emit({ kind: 'market_resolved', conditionId, ...winner, ...at, recvAt: nowMicros() })
      }, 0)
    },
  }
  return { books, finder, clock, feeds: [] }
}

function gatewayOf({ clob, wallet, credentials, folder, log, inline, shots, context }) {
  const { emit, now, venueNow, rehearse } = context
  const signer = createSigner(wallet)
  const wire = openOrderWire({
    url: clob,
    keepAlivePath: '/ok',
    keepAliveMs: 10_000,
    timeoutMs: 10_000,
    connections: 2,
    now,
    tell: (what, detail) => what === 'lost' && log.warn('an order connection was lost', { detail }),
    userAgent: USER_AGENT,
  })
  const account = {
    address: signer.address,
    tradesOf: async () => [],
    order: async () => ({ status: 'CANCELED' }),
    cancelAll: async () => undefined,
  }
  const ahead = createAheadSigner(wallet)
  const gateway = createLiveGateway({
    wire,
    journal: openShotJournal(join(folder, 'journal'), log),
    signer,
    ahead: {
      close: ahead.close,
      sign: (drafts) =>
        drafts.some(({ token }) => inline.has(token))
          ? Promise.reject(new Error('this one signs for itself'))
          : ahead.sign(drafts),
    },
    account,
    fates: createOrderFates({ account, emit, now, log }),
    quotes: NO_QUOTES,
    prepare: createPosts({
      host: new URL(clob).host,
      path: '/order',
      signer: { address: signer.address, ...credentials },
      userAgent: USER_AGENT,
    }),
    owner: credentials.apiKey,
    maxSignedAgeMs: 90_000,
    now,
    venueNow,
    salt: () => randomInt(1, 2 ** 48 - 1),
    rehearseDecision: rehearse,
    emit,
    log,
    shot: (record) => shots.push(record),
  })
  return { gateway, wire }
}
