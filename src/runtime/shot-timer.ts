/**
 * How long each step of a shot took: what the wire measured, and when we first heard that it was matched, mined and confirmed, by whichever of the
 * answer, the user channel and the list of trades was first. It only measures; nothing waits for it.
 */
import type { OrderTiming } from '../domain/events.ts'
import type { OrderId } from '../domain/ids.ts'
import type { EventSink } from '../domain/ports.ts'
import type { Micros } from '../domain/units.ts'
import type { Pauses } from '../net/pauses.ts'
import type { ShotRecord } from './live-gateway.ts'

/** Collections of garbage are told on a later turn of the loop. */
const PAUSES_AFTER_MS = 100
/** News may come before the answer tells whose they are. */
const KEPT = 128

export type ShotTimer = {
  /** The wire is done with an order. */
  answered(record: ShotRecord): void
  /** An order of before the start. */
  knows(venueId: string, orderId: OrderId): void
  /** A trade of an order was heard of. */
  heard(venueId: string, status: string): void
  close(): void
}

export type ShotTimerDeps = {
  readonly emit: EventSink
  readonly now: () => Micros
  readonly pauses: Pick<Pauses, 'within' | 'close'>
}

type Instants = Partial<Record<'matchedAt' | 'minedAt' | 'confirmedAt', Micros>>
type Known = { orderId: OrderId | null; instants: Instants }

export function createShotTimer({ emit, now, pauses }: ShotTimerDeps): ShotTimer {
  const orders = new Map<string, Known>()
  const timers = new Set<NodeJS.Timeout>()

  function of(text: string): Known {
    const venueId = text.toLowerCase()
    const found = orders.get(venueId)
    if (found !== undefined) return found
    const one: Known = { orderId: null, instants: {} }
    orders.set(venueId, one)
    for (const oldest of [...orders.keys()].slice(0, -KEPT)) orders.delete(oldest)
    return one
  }

  function tell(orderId: OrderId, timing: Partial<OrderTiming>): void {
    emit({ kind: 'order_timed', orderId, timing, recvAt: now(), venueAt: null })
  }

  function tellPauses({ orderId, decidedAt }: ShotRecord, until: Micros): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      tell(orderId, pauses.within(decidedAt, until))
    }, PAUSES_AFTER_MS)
    timers.add(timer)
  }

  return {
    answered(record) {
      const { venueId, orderId, answer } = record
      const one = of(venueId)
      one.orderId = orderId
      const wrote = answer.wroteAt === null ? {} : { wroteAt: answer.wroteAt }
      if (answer.kind === 'lost') tell(orderId, { ...wrote, ...one.instants })
      else {
        const { firstByteAt, doneAt: answeredAt } = answer
        if (saysMatched(answer)) one.instants.matchedAt ??= answeredAt
        tell(orderId, { ...wrote, firstByteAt, answeredAt, ...one.instants })
      }
      tellPauses(record, answer.kind === 'lost' ? now() : answer.doneAt)
    },
    knows(venueId, orderId) {
      of(venueId).orderId = orderId
    },
    heard(venueId, text) {
      const status = text.replace(/^TRADE_STATUS_/, '').toUpperCase()
      const one = of(venueId)
      const at = now()
      const told: Instants = {}
      if (/^(MATCHED|MINED|CONFIRMED)$/.test(status)) told.matchedAt = one.instants.matchedAt ?? at
      if (/^(MINED|CONFIRMED)$/.test(status)) told.minedAt = one.instants.minedAt ?? at
      if (status === 'CONFIRMED') told.confirmedAt = at
      const isNews = Object.keys(told).some((name) => !(name in one.instants))
      one.instants = { ...one.instants, ...told }
      if (one.orderId !== null && (isNews || status === 'CONFIRMED')) tell(one.orderId, told)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      pauses.close()
    },
  }
}

function saysMatched({
  status,
  body,
}: {
  readonly status: number
  readonly body: string
}): boolean {
  return status === 200 && /"status"\s*:\s*"matched"/.test(body)
}
