/**
 * What can go wrong on purpose. A fault is on from when it is set until its time is over or it is taken back; some ask a
 * seeded die each time they could strike.
 */
import { UserError } from '../domain/user-error.ts'
import { createRandom } from '../sim/random.ts'

/** Each with what it does and, where it strikes by chance, how often it does unless told otherwise. */
export const FAULTS = {
  'silent-stall': {
    says: 'market channel: no data frames, while the socket stays open and PONG is answered',
    chance: 1,
  },
  'close-without-frame': {
    says: 'market channel: connections are cut without a close frame, at once and again 1 s after each subscribe',
    chance: 1,
  },
  'lost-delta': { says: 'market channel: some price_change frames are not sent', chance: 0.1 },
  'duplicate-frames': { says: 'market channel: some frames are sent twice', chance: 0.1 },
  'half-frame': {
    says: 'market channel: some frames end in the middle of their JSON',
    chance: 0.1,
  },
  'html-frame': { says: 'market channel: some frames are preceded by a web page', chance: 0.1 },
  'crossed-book': {
    says: 'books: every second a buyer above the best seller stands for 300 ms',
    chance: 1,
  },
  'stale-rest-book': { says: 'CLOB: /book shows 0.01 and 0.99 only, with an old time', chance: 1 },
  'late-snapshot': {
    says: 'market channel: the snapshot comes 1 s after the subscribe, changes come before it',
    chance: 1,
  },
  'gamma-500': { says: 'Gamma: 500', chance: 1 },
  'gamma-html': { says: 'Gamma: a web page with status 200', chance: 1 },
  'gamma-429': { says: 'Gamma: 429 with Retry-After', chance: 1 },
  'gamma-lag': { says: 'Gamma: answers as of 60 s ago', chance: 1 },
  'gamma-down': { says: 'Gamma: connections are reset', chance: 1 },
  'no-tokens': {
    says: 'Gamma: markets lack clobTokenIds, at most until the middle of their window',
    chance: 1,
  },
  'outcomes-swapped': {
    says: 'Gamma and CLOB: Down is listed before Up, with ids and prices in that order',
    chance: 1,
  },
  'no-version': { says: 'Gamma: markets and events lack their version', chance: 1 },
  'order-version-3': {
    says: 'windows that have not begun become markets of the second version: other ids, another signing domain',
    chance: 1,
  },
  'unknown-rule': { says: 'Gamma: windows are settled by a rule that nobody knows', chance: 1 },
  'missing-resolution-event': { says: 'market channel: market_resolved is not sent', chance: 1 },
  'late-resolution': {
    says: 'windows that are due are not resolved while it is on, for five minutes at most',
    chance: 1,
  },
  'clock-drift': {
    says: 'CLOB: /time and the Date header gain 10 ms every second it is on',
    chance: 1,
  },
  'swapped-frames': {
    says: 'market channel: some frames come after the one that follows them',
    chance: 0.1,
  },
  'clock-skew': { says: 'CLOB: /time and the Date header are 3 s ahead', chance: 1 },
  'engine-restart': {
    says: 'orders: 425 for 90 s from when it is set, then 120 s of post-only mode, then nothing',
    chance: 1,
  },
  drawn: {
    says: 'every 10 s one of the other faults, drawn from the seed, is on for 3 s',
    chance: 1,
  },
  'order-slow': { says: 'orders: the answer comes 3 s late', chance: 1 },
  'order-425': { says: 'orders: 425, as while the engine restarts', chance: 1 },
  'order-post-only': {
    says: 'orders: 503 post_only_mode for everything that is not post-only, as after a restart',
    chance: 1,
  },
  'order-429': { says: 'orders: 429 with Retry-After', chance: 1 },
  'order-500': { says: 'orders: 500 "order timed out"; the order was not placed', chance: 1 },
  'order-html': { says: 'orders: 403 with a web page, as from a blocked address', chance: 1 },
  'order-reset-before': {
    says: 'orders: the connection is reset and the order was not taken',
    chance: 1,
  },
  'order-reset-after': {
    says: 'orders: the order is taken and matched, then the connection is reset: the answer is lost',
    chance: 1,
  },
  'order-delayed': {
    says: 'orders: answered at once with "delayed"; what came of it is told on the user channel and by queries only',
    chance: 1,
  },
  'orders-in-part': {
    says: 'batches of orders: every second one is refused, the others are taken',
    chance: 1,
  },
  'orders-cut-short': {
    says: 'batches of orders: all are taken, and the answer lacks its last entry',
    chance: 1,
  },
  'cancel-429': { says: 'cancels: 429 with Retry-After; nothing was withdrawn', chance: 1 },
  'cancel-html': {
    says: 'cancels: 403 with a web page, as from a blocked address; nothing was withdrawn',
    chance: 1,
  },
  'cancel-in-part': {
    says: 'cancels of several: every second one is withdrawn, and the answer does not speak of the others',
    chance: 1,
  },
  'cancel-slow': { says: 'cancels: done at once, and answered 3 s late', chance: 1 },
  'cancel-reset-before': {
    says: 'cancels: the connection is reset and nothing was withdrawn',
    chance: 1,
  },
  'cancel-reset-after': {
    says: 'cancels: done, then the connection is reset: the answer is lost',
    chance: 1,
  },
  'heartbeat-deaf': {
    says: 'heartbeats: the connection is reset and none is heard; ten seconds later all orders of the key are withdrawn',
    chance: 1,
  },
  'trade-failed': { says: 'trades: a matched trade fails on chain and is undone', chance: 1 },
  'trade-retrying': { says: 'trades: a matched trade is sent again before it is mined', chance: 1 },
  'user-silent': {
    says: 'user channel: nothing is told, while the socket stays open and PONG is answered',
    chance: 1,
  },
  'user-seconds': {
    says: 'user channel: timestamps are seconds, as in some examples of the documentation',
    chance: 1,
  },
  'rtds-freeze': {
    says: 'RTDS: no prices, while the socket stays open and PONG is answered; PolyBolt goes on',
    chance: 1,
  },
  'polybolt-freeze': {
    says: 'PolyBolt: no prices, while the socket stays open; RTDS goes on',
    chance: 1,
  },
  'polybolt-draining': {
    says: 'PolyBolt: every second all connections are closed with 4003, as before a restart',
    chance: 1,
  },
  'chainlink-gap': {
    says: 'RTDS and PolyBolt: nothing from the settlement source, while exchange prices go on',
    chance: 1,
  },
  'exchange-quiet': {
    says: 'Binance and Coinbase: nobody trades, while the sockets stay open',
    chance: 1,
  },
  'missing-start-tick': {
    says: 'RTDS and PolyBolt: the prices of the second in which a window starts are not sent',
    chance: 1,
  },
  'feed-late': { says: 'RTDS and PolyBolt: prices come 5 s later than usual', chance: 1 },
  'polybolt-dropped': {
    says: 'PolyBolt: some messages are lost; their numbers are missing, and the next one says how many',
    chance: 0.1,
  },
  'binance-451': { says: 'Binance: 451, not from this place', chance: 1 },
  'binance-close': {
    says: 'Binance: every second all connections are told of a shutdown and closed',
    chance: 1,
  },
  'no-crypto-price': { says: "the website's crypto-price: 500", chance: 1 },
  'tick-flip': { says: 'books: the tick of the running windows becomes 0.001', chance: 1 },
} as const satisfies Readonly<Record<string, { readonly says: string; readonly chance: number }>>

export type FaultName = keyof typeof FAULTS

export type Fault = {
  readonly name: FaultName
  /** A slug or a condition id; null means every market. */
  readonly market: string | null
  readonly untilMs: number | null
  readonly probability: number
  /** When it was set; filled in by the list of faults. */
  readonly sinceMs?: number
}

/** What a fault needs to know of a market to judge whether it is meant. */
export type FaultTarget = { readonly slug: string; readonly conditionId: string }

export type Faults = {
  list(): readonly Fault[]
  set(fault: Fault): void
  clear(): void
  /** Whether the fault is on, whatever the die says. */
  isOn(name: FaultName, target?: FaultTarget): boolean
  /** Whether it strikes now: on, and the die agrees. */
  strikes(name: FaultName, target?: FaultTarget): boolean
  onSet(listener: (fault: Fault) => void): void
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}

export function faultNameOf(name: string): FaultName {
  if (isFaultName(name)) return name
  throw new UserError(
    'usage',
    `There is no fault "${name}"; the faults are ${Object.keys(FAULTS).join(', ')}.`,
  )
}

export function createFaults(seed: number, nowMs: () => number): Faults {
  const die = createRandom(seed, 'faults')
  const listeners: ((fault: Fault) => void)[] = []
  let faults: readonly Fault[] = []
  const current = (): readonly Fault[] => {
    const now = nowMs()
    if (faults.some((fault) => fault.untilMs !== null && fault.untilMs <= now)) {
      faults = faults.filter((fault) => fault.untilMs === null || fault.untilMs > now)
    }
    return faults
  }
  const find = (name: FaultName, target: FaultTarget | undefined): Fault | undefined => {
    // Nearly always there is none, and this is asked for every frame.
    if (faults.length === 0) return undefined
    return current().find((fault) => fault.name === name && isMeant(fault, target))
  }
  return {
    list: current,
    set: (fault) => {
      faults = [
        ...current().filter((other) => other.name !== fault.name || other.market !== fault.market),
        { ...fault, sinceMs: nowMs() },
      ]
      for (const listener of listeners) listener(fault)
    },
    clear: () => {
      faults = []
    },
    isOn: (name, target) => find(name, target) !== undefined,
    strikes: (name, target) => {
      const fault = find(name, target)
      return fault !== undefined && (fault.probability >= 1 || die.chance(fault.probability))
    },
    onSet: (listener) => {
      listeners.push(listener)
    },
  }
}

export function isMeant(fault: Fault, target: FaultTarget | undefined): boolean {
  if (fault.market === null) return true
  return (
    target !== undefined && (fault.market === target.slug || fault.market === target.conditionId)
  )
}
