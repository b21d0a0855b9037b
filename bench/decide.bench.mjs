/**
 * From a frame in memory, as the YES or the NO listener gets it, to the decision that it causes: books, projection of the winner, the strategy and every gate, at 5,000 frames a second of the window's own
 * time, against a plain bot's way with parsed objects and floats. Prices come as they do: an exchange's trade each 10 ms, a settlement print each second.
 */
import { gateSettings } from '../dist/cli/gate-settings.js'
import { loadConfig } from '../dist/config/load.js'
import { createEngine } from '../dist/engine/engine.js'
import { lastSecond } from '../dist/strategies/last-second.js'
import { createFrameCounts, createFrameDecoder } from '../dist/venues/polymarket/frame-decoder.js'
import { DOWN, makeFrames, UP } from './support/frames.mjs'
import { bookUpdates, everyStrategy, gateSpy } from './support/parts.mjs'
import { plainBot } from './support/plain-decider.mjs'
import { percentiles, ratios } from './support/stats.mjs'

const START = 1_789_459_200_000_000
const END = START + 300_000_000
const FRAME_MICROS = 200
const TRADE_MICROS = 10_000
const SECOND = 1_000_000
const CONDITION = `0x${'5d'.repeat(32)}`
const MARKET = {
  conditionId: CONDITION,
  slug: 'bench',
  title: 'bench',
  asset: 'btc',
  interval: '5m',
  startAt: START,
  endAt: END,
  up: UP,
  down: DOWN,
  mappingDoubt: null,
  tickSize: 100,
  minShares: 5_000_000,
  fee: { rateMicro: 70_000, exponent: 1 },
  takerHold: true,
  version: 'v1',
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  rules: {
    description: 'Up if the 60 second average is greater than or equal to the one before.',
    averaging: { twapEnabled: true, lookbackSeconds: 60 },
  },
}

export async function bench({ quick, tiny = false }) {
  const frames = heardBy(makeFrames(tiny ? 1_500 : quick ? 15_000 : 50_000))
  const sides = { ours: oursAt(30), rival: plainBot(START, END, UP) }
  const times = { ours: [], rival: [] }
  const rounds = quick ? 2 : 4
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, side] of Object.entries(sides)) {
      const list = play(side, frames)
      if (round > 0) times[name].push(...list)
    }
  }
  const decode = percentiles(play(decodeOnly(), frames))
  const books = percentiles(play(oursAt(0.2), frames))
  const ours = percentiles(times.ours)
  const rival = percentiles(times.rival)
  if (sides.ours.decisions() < frames.length / 2) throw new Error('too few decisions were taken')
  const parts = partsOf(frames)
  return {
    bench: 'decide',
    unit: 'us',
    ours,
    rival: { name: 'JSON.parse, sorted arrays, objects and floats', ...rival },
    ratio: ratios(ours, rival),
    rows: [
      { row: 'frame -> decision', ours, rival, ratio: ratios(ours, rival) },
      { row: 'of it: bytes -> events', ours: decode },
      { row: 'of it: events -> books', ours: { p50: books.p50 - decode.p50 } },
      { row: 'of it: projection, strategy and gates', ours: { p50: ours.p50 - books.p50 } },
      ...parts,
      { row: 'decisions', count: sides.ours.decisions() },
    ],
  }
}

/** What other systems state for single parts. The first round warms up. */
function partsOf(frames) {
  const strategies = everyStrategy()
  const gates = gateSpy()
  const side = oursAt(30, strategies.see)
  const each = {
    ...side,
    frame(...frame) {
      side.frame(...frame)
      gates.measure()
    },
  }
  play(side, frames)
  strategies.times.length = 0
  play(each, frames)
  gates.stop()
  bookUpdates(frames)
  const [every, limits] = [gates.times.every, gates.times.limits].map(percentiles)
  const row = (name, ours, goal) => ({ row: name, ours, goal })
  return [
    row(`all ${strategies.count} strategies on one event`, percentiles(strategies.times), {
      p50: 20,
      p99: 60,
    }),
    row(`risk alone: order count, cooldown, position`, limits, { p50: 1 }),
    row(`all ${gates.counts.every} gates alone`, every),
    row('book update alone', percentiles(bookUpdates(frames)), { p50: 1 }),
  ]
}

/** A change of price is told to both listeners, everything else to the one it is about. */
function heardBy(frames) {
  return frames.flatMap((bytes) =>
    [UP, DOWN].filter((token) => bytes.includes(token)).map((own) => ({ bytes, own })),
  )
}

/** Microseconds of each frame; what happens between frames is not counted. */
function play(side, frames) {
  const times = new Float64Array(frames.length)
  let now = END - 20 * SECOND
  side.begin(now)
  for (let at = 0; at < frames.length; at += 1) {
    // The last twenty seconds again and again: a window ends, and the clock of a bench does not.
    now += FRAME_MICROS
    if (now >= END - SECOND) {
      now = END - 20 * SECOND
      side.begin(now)
    }
    if (now % TRADE_MICROS === 0) side.trade(now)
    if (now % SECOND === 0) side.print(now)
    const start = process.hrtime.bigint()
    side.frame(frames[at].bytes, now, frames[at].own)
    times[at] = Number(process.hrtime.bigint() - start) / 1_000
  }
  return times
}

function priceAt(now) {
  return 91_300 + Math.sin(now / 7e6) * 3
}

/** An engine whose strategy may shoot from so many seconds on, and never wants to: nothing is for sale at a cent. */
function oursAt(fireAt, see = null) {
  let engine
  let decoders
  let taken = 0
  const stamp = (recvAt) => ({ recvAt, venueAt: recvAt })
  const step = (event) => engine.step(event)
  const tick = (now, feed, series, price) =>
    step({ kind: 'price_tick', feed, asset: 'btc', series, price: price.toFixed(8), ...stamp(now) })
  const { config } = loadConfig({ cwd: '/', env: {} })
  const strategy = lastSecond.bind({ fireAt, maxAsk: '0.01' })
  const counted = {
    ...strategy,
    decide(view) {
      taken += 1
      if (see !== null) see(view)
      return strategy.decide(view)
    },
  }
  return {
    decisions: () => taken,
    begin(now) {
      engine = createEngine(settingsOf(config, counted))
      decoders = decodersTo(step)
      step({ kind: 'clock', offsetMicros: 0, errorMicros: 5_000, ...stamp(START) })
      for (let sec = START / SECOND - 60; sec < now / SECOND - 2; sec += 1) {
        tick(sec * SECOND, 'binance', 'spot', priceAt(sec * SECOND) - 2)
        tick(sec * SECOND, 'rtds', 'spot', priceAt(sec * SECOND))
        if (sec * SECOND === START) tick(sec * SECOND, 'rtds', 'twap60', 91_290)
      }
      step({ kind: 'market_listed', market: MARKET, ...stamp(START + SECOND) })
      for (const [purpose, dueAt] of [
        ['listen', now - 5 * SECOND],
        ['trigger', END - fireAt * SECOND],
      ])
        if (dueAt <= now)
          step({ kind: 'timer', purpose, conditionId: CONDITION, dueAt, ...stamp(now) })
    },
    trade: (now) => tick(now, 'binance', 'spot', priceAt(now) - 2),
    print: (now) => tick(now - 2 * SECOND, 'rtds', 'spot', priceAt(now - 2 * SECOND)),
    frame: (bytes, now, own) => decoders[own].decode(bytes, now),
  }
}

/** Each listener has its own, as the bot's. */
function decodersTo(emit) {
  const decoderOf = (token, side) => {
    const decoder = createFrameDecoder(createFrameCounts(), emit)
    decoder.add({ token, conditionId: CONDITION, side })
    return decoder
  }
  return { [UP]: decoderOf(UP, 'UP'), [DOWN]: decoderOf(DOWN, 'DOWN') }
}

function decodeOnly() {
  const decoders = decodersTo(() => undefined)
  const nothing = () => undefined
  return {
    begin: nothing,
    trade: nothing,
    print: nothing,
    frame: (bytes, now, own) => decoders[own].decode(bytes, now),
  }
}

function settingsOf({ gates, prices }, strategy) {
  return {
    strategy,
    limits: {
      maxOrdersPerMarket: 1,
      maxBookAgeMs: 5_000,
      maxClockErrorMs: 250,
      maxPosition: 100_000_000,
    },
    sizing: null,
    gates: gateSettings(gates, strategy.bounds),
    startingCash: 10_000_000_000,
    warmUpSec: 10,
    cleanUpSec: 10,
    minTimeToStartSec: 5,
    holdMs: 150,
    staleAfterMs: 5_000,
    prices: {
      order: { settlement: prices.settlement, spot: prices.spot },
      lostAfterMs: prices.silenceSec * 1_000,
    },
    once: false,
    series: [{ asset: 'btc', interval: '5m' }],
  }
}
