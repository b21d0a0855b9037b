/**
 * How long an order would be on its way: requests as long as an order's, over the very connections that orders take, to a path that does nothing.
 */
import { nowMicros } from '../net/clock.ts'
import { type OrderWire, openOrderWire, type WireAnswer } from '../net/order-wire.ts'
import { createRoundTrips, type RoundTripSummary } from '../net/round-trips.ts'
import { USER_AGENT } from './bot-setup.ts'

export const PROBE_PATH = '/ok'
/** The first ones of a connection are slower than a shot's will be. */
const WARM_UPS = 5
const SAMPLES = 100
const KEEP_ALIVE_MS = 60_000
const TIMEOUT_MS = 5_000
const POLL_MS = 10
/** An order with its headers and its body. */
const ORDER_BYTES = 1_500

export type Probe =
  | ({ readonly kind: 'measured' } & RoundTripSummary)
  | { readonly kind: 'failed'; readonly reason: string }

/** Opens a connection of its own and closes it again. */
export async function probeRoundTrips(clob: string): Promise<Probe> {
  let lost = 'no connection came about'
  const wire = openOrderWire({
    url: clob,
    keepAlivePath: PROBE_PATH,
    keepAliveMs: KEEP_ALIVE_MS,
    timeoutMs: TIMEOUT_MS,
    connections: 1,
    now: nowMicros,
    tell(what, detail) {
      if (what === 'lost') lost = detail
    },
    userAgent: USER_AGENT,
  })
  try {
    if (!(await isReady(wire))) return { kind: 'failed', reason: lost }
    return await measure(wire, clob)
  } finally {
    await wire.close()
  }
}

/** One after another, as a shot would go: alone. */
export async function measure(wire: OrderWire, clob: string): Promise<Probe> {
  const request = asLongAsAnOrder(new URL(clob).host)
  const trips = createRoundTrips()
  for (let sample = -WARM_UPS; sample < SAMPLES; sample += 1) {
    const answer = await exchange(wire, request)
    if (answer.kind === 'lost') return { kind: 'failed', reason: answer.reason }
    if (sample >= 0) trips.add(answer.doneAt - answer.wroteAt)
    if (!(await isReady(wire)))
      return { kind: 'failed', reason: 'the connection did not come back' }
  }
  const summary = trips.summary()
  if (summary === null) return { kind: 'failed', reason: 'nothing was measured' }
  return { kind: 'measured', ...summary }
}

export async function isReady(wire: OrderWire): Promise<boolean> {
  const until = nowMicros() + TIMEOUT_MS * 1_000
  while (!wire.ready()) {
    if (nowMicros() > until) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return true
}

function exchange(wire: OrderWire, request: Buffer): Promise<WireAnswer> {
  return new Promise((resolve) => wire.send(request, resolve))
}

function asLongAsAnOrder(host: string): Buffer {
  const head = `GET ${PROBE_PATH} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${USER_AGENT}\r\nAccept: */*\r\nConnection: keep-alive\r\nX-Padding: `
  return Buffer.from(`${head.padEnd(ORDER_BYTES, '0')}\r\n\r\n`)
}
