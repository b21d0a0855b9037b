/**
 * Heartbeats to the venue: once begun, the venue withdraws every order of ours when they stop. They are sent only while an order of ours rests;
 * a bot whose orders are filled or killed at once never begins.
 */
import type { Log } from '../domain/ports.ts'

const BEAT_EVERY_MS = 5_000

/** What the venue answered: the id that the next beat has to carry. A beat with a wrong id is answered with the right one. */
export type BeatAnswer = { readonly accepted: boolean; readonly heartbeatId: string }

export type Heartbeats = {
  rests(venueId: string): void
  gone(venueId: string): void
  close(): void
}

export type HeartbeatDeps = {
  /** Posts one beat. Fails when no answer came. */
  beat(heartbeatId: string): Promise<BeatAnswer>
  readonly log: Log
}

export function createHeartbeats({ beat, log }: HeartbeatDeps): Heartbeats {
  const resting = new Set<string>()
  let id = ''
  let timer: NodeJS.Timeout | undefined
  let asking = false

  async function send(): Promise<void> {
    const answer = await beat(id)
    id = answer.heartbeatId
    if (answer.accepted) return
    // Beats of a process before us, or a lost answer: the right id is known now.
    const second = await beat(id)
    id = second.heartbeatId
    if (!second.accepted) throw new Error('the venue refuses the id that it named itself')
  }

  function tick(): void {
    if (asking) return
    asking = true
    send()
      .catch((error: unknown) =>
        log.warn('a heartbeat failed; the venue withdraws our orders when they stay away', {
          error,
        }),
      )
      .finally(() => {
        asking = false
      })
      // Nothing in there fails any more.
      .catch(() => undefined)
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    rests(venueId) {
      resting.add(venueId)
      if (timer !== undefined) return
      timer = setInterval(tick, BEAT_EVERY_MS)
      tick()
    },
    gone(venueId) {
      resting.delete(venueId)
      if (resting.size === 0) stop()
    },
    close() {
      resting.clear()
      stop()
    },
  }
}
