/** Prices of the past: the middle of each open book every ten seconds, kept as long as its market is. */
import { TICKS_PER_DOLLAR } from '../domain/units.ts'
import { type Ask, ok, type Reply, type Routes, refusal } from './http.ts'
import { topOf, type VenueMarket } from './market.ts'
import type { World } from './world.ts'

type Sample = { readonly t: number; readonly up: number }

const EVERY_SEC = 10
const SAMPLES_MAX = 4_000
const INTERVAL_SEC: Readonly<Record<string, number>> = {
  '1h': 3_600,
  '6h': 21_600,
  '1d': 86_400,
  '1w': 604_800,
  '1m': 2_592_000,
  max: Number.MAX_SAFE_INTEGER,
}

export function historyRoutes(world: World, nowMs: () => number): Routes {
  const samples = new WeakMap<VenueMarket, Sample[]>()
  const turn = (sec: number): void => {
    for (const market of world.markets()) {
      if (market.result !== null) continue
      const { bid, ask } = topOf(market, market.up)
      const list = samples.get(market) ?? []
      list.push({ t: sec, up: (bid + ask) / 2 / TICKS_PER_DOLLAR })
      if (list.length > SAMPLES_MAX) list.shift()
      samples.set(market, list)
    }
    world.schedule((sec + EVERY_SEC) * 1_000, () => turn(sec + EVERY_SEC))
  }
  const firstSec = Math.ceil(nowMs() / 1_000)
  world.schedule(firstSec * 1_000, () => turn(firstSec))

  return {
    'GET /prices-history': (ask: Ask): Reply => {
      const token = ask.query.get('market') ?? ''
      const market = world.byToken(token)
      if (market === null) return refusal(400, 'Invalid token id')
      const now = Math.floor(nowMs() / 1_000)
      const span = spanOf(ask, now)
      if (span === null) return refusal(400, 'Invalid payload')
      const everySec = Math.max(wholeOf(ask.query.get('fidelity')) ?? 1, 1) * 60
      let nextSec = 0
      const history: { t: number; p: number }[] = []
      for (const { t, up } of samples.get(market) ?? []) {
        if (t < span.from || t > span.to || t < nextSec) continue
        nextSec = t + everySec
        history.push({ t, p: Number((token === market.up ? up : 1 - up).toFixed(5)) })
      }
      return ok({ history })
    },
  }
}

/** An interval up to now, or two instants; not both. */
function spanOf(ask: Ask, now: number): { readonly from: number; readonly to: number } | null {
  const [start, end] = [ask.query.get('startTs'), ask.query.get('endTs')].map(wholeOf)
  const interval = ask.query.get('interval')
  if (interval === null) return { from: start ?? 0, to: end ?? now }
  const seconds = Object.hasOwn(INTERVAL_SEC, interval) ? INTERVAL_SEC[interval] : undefined
  const both = typeof start === 'number' || typeof end === 'number'
  return seconds === undefined || both ? null : { from: now - seconds, to: now }
}

function wholeOf(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : null
}
