/** Numbered messages: how many are missing. Told at most once in a while, so that a bad line does not fill the log. */
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'

export type LossCount = {
  /** A new connection counts from one again. */
  begin(): void
  /** What is to be told, or null. `dropped` is the sender's own word of messages it left out. */
  heard(channel: string, seq: number, dropped: number, now: Micros): string | null
}

const TOLD_EVERY_MS = 5_000

export function createLossCount(): LossCount {
  const last = new Map<string, number>()
  const lost = new Map<string, number>()
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    begin: () => last.clear(),
    heard(channel, seq, dropped, now) {
      const known = last.get(channel) ?? 0
      last.set(channel, Math.max(known, seq))
      // Who leaves messages out may use up their numbers or not: the larger count is the honest one.
      const missing = Math.max(seq - known - 1, dropped)
      if (missing > 0) lost.set(channel, (lost.get(channel) ?? 0) + missing)
      if (lost.size === 0 || now - toldAt < TOLD_EVERY_MS * MICROS_PER_MS) return null
      toldAt = now
      const words = [...lost].map(([name, count]) => `${count} of ${name}`)
      lost.clear()
      return `messages lost: ${words.join(', ')}`
    },
  }
}
