/**
 * What the venue's website says is the price to beat: a cross-check of our own, and all there is for a window that began before we listened. The page is
 * undocumented and says floats; without the two words about the average it would tell another price.
 */
import { z } from 'zod'
import type { Interval } from '../../domain/ids.ts'
import type { Market } from '../../domain/market.ts'
import type { EventSink, Log } from '../../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../../domain/units.ts'
import type { Http } from '../../net/http.ts'

const VARIANTS: Readonly<Record<Interval, string>> = {
  '5m': 'fiveminute',
  '15m': 'fifteen',
  '1h': 'hourly',
  '4h': 'fourhour',
}
/** It appears some seconds after the start. */
const AFTER_START_MS = 3_000
const EVERY_MS = 3_000
const ATTEMPTS_MAX = 10

const answer = z.object({ openPrice: z.number().positive().nullish() })

export type StrikePage = { ask(market: Market): void; close(): void }

export type StrikePageDeps = {
  readonly http: Http
  readonly site: string
  readonly emit: EventSink
  readonly now: () => Micros
  venueNow(): Micros
  readonly log: Log
}

export function createStrikePage(deps: StrikePageDeps): StrikePage {
  const timers = new Set<NodeJS.Timeout>()

  function later(ms: number, market: Market, attempt: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      attemptOnce(market, attempt).catch((error: unknown) => {
        if (attempt < ATTEMPTS_MAX) return later(EVERY_MS, market, attempt + 1)
        deps.log.warn("the website does not tell a window's strike", { slug: market.slug, error })
      })
    }, ms)
    timers.add(timer)
  }

  async function attemptOnce(market: Market, attempt: number): Promise<void> {
    const { json } = await deps.http.getJson(addressOf(deps.site, market), { retries: 0 })
    const price = answer.parse(json).openPrice
    if (price == null) {
      if (attempt < ATTEMPTS_MAX) later(EVERY_MS, market, attempt + 1)
      return
    }
    const { conditionId } = market
    deps.emit({
      kind: 'strike_quote',
      conditionId,
      price: String(price),
      recvAt: deps.now(),
      venueAt: null,
    })
  }

  return {
    ask(market) {
      const untilStartMs = (market.startAt - deps.venueNow()) / MICROS_PER_MS
      later(Math.max(0, untilStartMs + AFTER_START_MS), market, 1)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function addressOf(site: string, { asset, interval, startAt, endAt }: Market): string {
  const query = new URLSearchParams({
    symbol: asset.toUpperCase(),
    eventStartTime: instant(startAt),
    variant: VARIANTS[interval],
    endDate: instant(endAt),
    ...(interval === '1h' ? {} : { twapEnabled: 'true', twapLookbackSeconds: '60' }),
  })
  return `${site}/api/crypto/crypto-price?${query.toString()}`
}

function instant(at: Micros): string {
  return new Date(at / MICROS_PER_MS).toISOString().replace('.000Z', 'Z')
}
