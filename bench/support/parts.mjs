/** Single parts of a decision, each timed by itself: every strategy on one event, the gates, one change of a book. */
import { Book } from '../../dist/book/book.js'
import { ORDER_GATES, WORLD_GATES } from '../../dist/risk/gates/list.js'
import { STRATEGIES } from '../../dist/strategies/registry.js'
import {
  createFrameCounts,
  createFrameDecoder,
} from '../../dist/venues/polymarket/frame-decoder.js'
import { DOWN, UP } from './frames.mjs'

/** A part that takes less than the clock can tell is done so often in one go. */
const TIMES = 16
const WANTED = {
  side: 'UP',
  order: {
    intent: { side: 'UP', limit: 5_000, shares: 5_000_000 },
    spend: 2_500_000,
    fee: 87_500,
  },
}

/** Asks every strategy about each view it is shown, whatever its span: none of them is spared its work. */
export function everyStrategy() {
  const all = STRATEGIES.map((one) => one.bind({}))
  const times = []
  return {
    count: all.length,
    times,
    see(view) {
      const start = process.hrtime.bigint()
      for (const strategy of all) strategy.decide(view)
      times.push(microsSince(start))
    },
  }
}

/** Keeps what the gates of the last decision were shown, by standing before the first of them. */
export function gateSpy() {
  const [first] = WORLD_GATES
  const { judge } = first
  let situation = null
  first.judge = (now) => {
    situation = now
    return judge(now)
  }
  const every = [...WORLD_GATES, ...ORDER_GATES]
  const limits = every.filter(({ name }) => ['ONE_ORDER', 'COOLDOWN', 'POSITION'].includes(name))
  const times = { every: [], limits: [] }
  let kept = 0
  const timed = (gates, list) => {
    const start = process.hrtime.bigint()
    for (let time = 0; time < TIMES; time += 1)
      for (const gate of gates) if (!gate.judge(situation, WANTED).ok) kept += 1
    list.push(microsSince(start) / TIMES)
  }
  return {
    counts: { every: every.length, limits: limits.length },
    times,
    refusals: () => kept,
    /** After a frame. */
    measure() {
      if (situation === null) return
      timed(every, times.every)
      timed(limits, times.limits)
    },
    stop() {
      first.judge = judge
    },
  }
}

/** Changes that are decoded already, one by one into the books of both tokens. */
export function bookUpdates(frames) {
  const events = []
  const books = new Map()
  const decoder = createFrameDecoder(createFrameCounts(), (event) => events.push(event))
  for (const [token, side] of [
    [UP, 'UP'],
    [DOWN, 'DOWN'],
  ]) {
    books.set(token, new Book(100))
    decoder.add({ token, conditionId: 'c', side })
  }
  for (const { bytes } of frames) decoder.decode(bytes, 1)
  for (const event of events)
    if (event.kind === 'book_snapshot')
      books.get(event.token).applySnapshot(event.bids, event.asks, event.tickSize)
  const deltas = events.filter(({ kind }) => kind === 'book_delta')
  const times = []
  for (let from = 0; from + TIMES <= deltas.length; from += TIMES) {
    const start = process.hrtime.bigint()
    for (let at = from; at < from + TIMES; at += 1) {
      const { token, side, price, size } = deltas[at]
      books.get(token).applyDelta(side, price, size)
    }
    times.push(microsSince(start) / TIMES)
  }
  return times
}

function microsSince(start) {
  return Number(process.hrtime.bigint() - start) / 1_000
}
