/** What lies between a decision and the match: the clocks, the way there and back, the venue's hold, our own timers, and what they add up to. */
import type { Deadline } from '../domain/facts.ts'
import type { Micros } from '../domain/units.ts'
import { deadlineOf } from '../engine/deadline.ts'
import { nowMicros } from '../net/clock.ts'
import { createTriggers } from '../runtime/triggers.ts'
import type { ClobReads } from '../venues/polymarket/clob-reads.ts'
import { boundsOfSecond } from '../venues/polymarket/clock-interval.ts'
import { fail, type Line, ok, warning } from './doctor-line.ts'
import type { Probe } from './round-trip-probe.ts'

/** A machine that keeps its time is not this far off. */
const OFF_MICROS = 1_000_000
/** An embedded venue may live at a time of its own, which is then nowhere near ours. */
const OWN_TIME_MICROS = 3_600_000_000
const TRIGGERS = 20
const TRIGGER_EVERY_MICROS = 15_000

export type Offset = { readonly offsetMicros: number; readonly errorMicros: number }

/** Said where the two clocks contradict each other: the bot would follow the venue's, but one of the two is wrong. */
export function offsetLine({ offsetMicros, errorMicros }: Offset, isEmbedded: boolean): Line {
  const off = Math.abs(offsetMicros)
  const seconds = `${(off / 1_000_000).toFixed(1)} s`
  if (isEmbedded && off > OWN_TIME_MICROS)
    return ok('clock offset', 'the embedded venue lives at a time of its own')
  if (off - errorMicros <= OFF_MICROS)
    return ok('clock offset', `${seconds} from the venue's clock`)
  const way = offsetMicros > 0 ? 'ahead of' : 'behind'
  return fail(
    'clock offset',
    `the venue's clock is ${seconds} ${way} this machine's: one of the two is wrong`,
    "set this machine's clock (timedatectl set-ntp true, or chronyc tracking); if that is right, the venue's is not: do not trade until they agree",
  )
}

/** From one answer, which knows it to a second or so: enough to see that something is wrong. */
export async function roughOffset(clob: Pick<ClobReads, 'fetchTime'>): Promise<Offset> {
  const { serverSec, sentAt, recvAt } = await clob.fetchTime({ retries: 1 })
  const { lo, hi } = boundsOfSecond(serverSec, sentAt, recvAt)
  return { offsetMicros: (lo + hi) / 2, errorMicros: (hi - lo) / 2 }
}

export function roundTripLine(probe: Probe): Line {
  if (probe.kind === 'failed')
    return fail(
      'order path',
      `no order could be sent: ${probe.reason}`,
      'check the network, a firewall or a block of your region',
    )
  const { p50Micros, p99Micros, samples } = probe
  return ok(
    'order path',
    `round trip ${ms(p50Micros)} ms (p50), ${ms(p99Micros)} ms (p99) of ${samples} requests as long as an order`,
  )
}

/** How late our own triggers come, the worst of a few. */
export async function measureJitter(): Promise<number> {
  let worst = 0
  for (let count = 0; count < TRIGGERS; count += 1) worst = Math.max(worst, await oneTrigger())
  return worst
}

function oneTrigger(): Promise<number> {
  return new Promise((resolve) => {
    const triggers = createTriggers((event) => {
      if (event.kind === 'timer') resolve(event.recvAt - event.dueAt)
    }, nowMicros)
    const at = (nowMicros() + TRIGGER_EVERY_MICROS) as Micros
    triggers.add({ kind: 'wake', purpose: 'trigger', conditionId: null, at })
  })
}

export function safeSend(parts: {
  readonly probe: Probe
  readonly holdMicros: number
  readonly clockErrorMicros: number
  readonly jitterMicros: number
}): Deadline | null {
  const { probe, ...rest } = parts
  return probe.kind === 'failed' ? null : deadlineOf({ ...rest, roundTripMicros: probe.p99Micros })
}

export function safeSendLine(deadline: Deadline, leftMicros: number): Line {
  const detail = `${ms(deadline.totalMicros)} ms before the close = ${sumOf(deadline)}`
  if (deadline.totalMicros < leftMicros) return ok('latest safe send', detail)
  return warning(
    'latest safe send',
    `${detail}; the strategy fires at ${ms(leftMicros)} ms, so the bot fires earlier than it says`,
    'run the bot nearer to the venue (London), or raise params.fireAt',
  )
}

export function sumOf({
  roundTripMicros,
  holdMicros,
  clockErrorMicros,
  jitterMicros,
}: Deadline): string {
  return `round trip ${ms(roundTripMicros)} + hold ${ms(holdMicros)} + clock error ${ms(clockErrorMicros)} + jitter ${ms(jitterMicros)}`
}

export function ms(micros: number): string {
  return (micros / 1_000).toFixed(1)
}
