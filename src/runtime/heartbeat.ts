/**
 * The venue withdraws everything of whoever began to send heartbeats and is not heard of any more. So they are sent while an order of ours waits, and
 * only then: a bot that is cut off has nothing resting ten seconds later. A chain of them that broke has cost us our orders, and that is told.
 */
import { z } from 'zod'
import type { Log } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'
import type { WireAnswer } from '../net/order-wire.ts'
import type { RequestLane } from './request-lane.ts'

const EVERY_MS = 5_000
/** So long after the last one the venue withdraws. */
const LAPSES_AFTER_MS = 10_000
const PATIENCE_MS = 2_000

const answered = z.object({ heartbeat_id: z.string() })

export type Heartbeat = {
  /** Whether something waits. */
  wanted(isWanted: boolean): void
  close(): void
}

export type HeartbeatDeps = {
  readonly lane: Pick<RequestLane, 'send'>
  /** The request with this body, as it is to leave now. */
  request(body: string): Buffer
  readonly now: () => Micros
  readonly log: Log
  /** The venue has withdrawn what rested, or is about to. */
  lapsed(): void
}

export function createHeartbeat({ lane, request, now, log, lapsed }: HeartbeatDeps): Heartbeat {
  let timer: NodeJS.Timeout | null = null
  let id = ''
  let heardAt: Micros | null = null
  let isOut = false

  function sinceMs(): number | null {
    return heardAt === null ? null : (now() - heardAt) / MICROS_PER_MS
  }

  function beat(mayRepeat: boolean): void {
    if (isOut || timer === null) return
    isOut = true
    const sent = id
    lane.send({
      make: () => request(JSON.stringify({ heartbeat_id: sent })),
      isUrgent: true,
      patienceMs: PATIENCE_MS,
      onAnswer(answer) {
        isOut = false
        hear(answer, sent, mayRepeat)
      },
    })
  }

  function hear(answer: WireAnswer, sent: string, mayRepeat: boolean): void {
    const gapMs = sinceMs()
    const isLate = gapMs !== null && gapMs > LAPSES_AFTER_MS
    const next = idIn(answer)
    if (next === null) {
      const said = answer.kind === 'lost' ? answer.reason : `HTTP ${answer.status}`
      log.warn('a heartbeat had no answer', { said })
    } else {
      id = next
      if (answer.kind === 'answer' && answer.status !== 200) {
        // The venue expects another one: ours was the end of a chain that is over, or an answer to it was lost.
        if (sent !== '' && next === '') tellLapsed()
        if (mayRepeat) beat(false)
        return
      }
      heardAt = now()
    }
    if (isLate) tellLapsed()
  }

  function tellLapsed(): void {
    if (timer === null) return
    log.warn('the venue heard no heartbeat for too long; it withdraws what rested')
    lapsed()
  }

  return {
    wanted(isWanted) {
      if (isWanted === (timer !== null)) return
      if (timer !== null) {
        clearInterval(timer)
        timer = null
        return
      }
      const gapMs = sinceMs()
      // What was at an end while nothing waited has cost nothing.
      if (gapMs === null || gapMs > LAPSES_AFTER_MS) {
        id = ''
        heardAt = null
      }
      timer = setInterval(() => beat(true), EVERY_MS)
      beat(true)
    },
    close() {
      if (timer !== null) clearInterval(timer)
      timer = null
    },
  }
}

function idIn(answer: WireAnswer): string | null {
  if (answer.kind === 'lost' || (answer.status !== 200 && answer.status !== 400)) return null
  try {
    return answered.parse(JSON.parse(answer.body)).heartbeat_id
  } catch {
    // No answer to a heartbeat.
    return null
  }
}
