/** The venue's own door for tests and tools: what is going on, what goes wrong on purpose, and waiting for an instant. */
import type { Bugs } from './bugs.ts'
import { restBook } from './clob-prices.ts'
import { FAULTS, type Fault, type Faults, isFaultName } from './faults.ts'
import { type Ask, ok, param, type Reply, type Routes, refusal } from './http.ts'
import { fairUpNow, finalDollars, phaseOf, strikeDollars, type VenueMarket } from './market.ts'
import type { Desk } from './orders/desk.ts'
import { orderJson, tradeJson } from './orders/order-json.ts'
import type { ProfileName } from './profile.ts'
import type { World } from './world.ts'

export type ControlDeps = {
  readonly world: World
  readonly faults: Faults
  readonly profile: ProfileName
  readonly bugs: Bugs
  nowMs(): number
  readonly desk: Desk
  /** Resolves when the venue's clock gets there; false when the venue closes first. */
  waitUntil(atMs: number): Promise<boolean>
  /** How often each route of the CLOB was asked for. */
  requests(): Readonly<Record<string, number>>
}

export function controlRoutes(deps: ControlDeps): Routes {
  return {
    'GET /state': () => ok(stateOf(deps)),
    'GET /books/:token': (ask) => {
      const token = param(ask, 'token')
      const market = deps.world.byToken(token)
      if (market === null || market.result !== null) {
        return refusal(
          404,
          `No open market has the token "${token}"; GET /state lists those that are.`,
        )
      }
      return ok(JSON.parse(restBook(deps, market, token)))
    },
    'GET /ledger/:address': (ask) => ledgerOf(deps, param(ask, 'address').toLowerCase()),
    'GET /requests': () => ok(deps.requests()),
    'GET /faults': () => ok({ active: deps.faults.list(), known: FAULTS }),
    'POST /faults': (ask) => setFault(deps, ask),
    'DELETE /faults': () => {
      deps.faults.clear()
      return ok({ active: [] })
    },
    'POST /wait': (ask) => wait(deps, ask),
    'POST /resolve': (ask) => resolveNow(deps, ask),
  }
}

/** What an account has, to the base unit, and all that it did. */
function ledgerOf(deps: ControlDeps, address: string): Reply {
  if (!/^0x[0-9a-f]{40}$/.test(address)) {
    return refusal(400, `"${address}" is not an address: 0x and forty hex digits.`)
  }
  const { desk, world } = deps
  const positions = [...world.markets()]
    .map((market) => ({
      slug: market.slug,
      conditionId: market.conditionId,
      up: desk.accounts.shares(address, market.conditionId, 'UP'),
      down: desk.accounts.shares(address, market.conditionId, 'DOWN'),
    }))
    .filter(({ up, down }) => up + down > 0)
  const nobody = (): string => ''
  return ok({
    address,
    dollars: desk.accounts.dollars(address),
    reserved: desk.reserved(address),
    positions,
    orders: desk.ordersOf(address).map((placed) => orderJson(placed, nobody)),
    trades: desk.tradesOf(address).map((trade) => tradeJson(trade, address, nobody)),
  })
}

function stateOf(deps: ControlDeps): unknown {
  const now = deps.nowMs()
  return {
    serverTime: now,
    seed: deps.world.seed,
    profile: deps.profile,
    windows: [...deps.world.markets()].map((market) => windowOf(market, now)),
    faults: deps.faults.list(),
    bugs: deps.bugs.list(),
  }
}

function windowOf(market: VenueMarket, now: number): unknown {
  const { series, window } = market
  return {
    slug: market.slug,
    asset: series.asset,
    interval: series.interval,
    phase: phaseOf(market, now),
    startsAt: window.startSec * 1000,
    endsAt: window.endSec * 1000,
    conditionId: market.conditionId,
    tokens: { up: market.up, down: market.down },
    tickSize: market.tick / 10_000,
    strike: strikeDollars(market, now),
    fair: fairUpNow(market, now),
    final: finalDollars(market, now),
    winner: winnerNow(market, now),
    resolvedAt: market.result?.atMs ?? null,
  }
}

/** Known from the end of the window on, before the venue says it to the world. */
function winnerNow(market: VenueMarket, now: number): 'UP' | 'DOWN' | null {
  if (market.result !== null) return market.result.winner
  if (now < market.window.endSec * 1000) return null
  return fairUpNow(market, now) === 1 ? 'UP' : 'DOWN'
}

function setFault(deps: ControlDeps, ask: Ask): Reply {
  const body = parseBody(ask.body)
  if (body === null)
    return refusal(400, 'Send a JSON object like {"name":"gamma-500","forMs":5000}.')
  const { name, market = null, forMs = null, probability } = body
  if (typeof name !== 'string' || !isFaultName(name)) {
    return refusal(
      400,
      `There is no fault "${String(name)}"; the faults are ${Object.keys(FAULTS).join(', ')}.`,
    )
  }
  if (market !== null && (typeof market !== 'string' || !isKnown(deps, market))) {
    return refusal(
      400,
      `There is no market "${String(market)}"; name a slug or a condition id from GET /state.`,
    )
  }
  if (forMs !== null && !(typeof forMs === 'number' && forMs > 0)) {
    return refusal(400, `forMs must be a number above 0, got ${JSON.stringify(forMs)}.`)
  }
  const chance = probability ?? FAULTS[name].chance
  if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1)) {
    return refusal(400, `probability must be 0 to 1, got ${JSON.stringify(probability)}.`)
  }
  const untilMs = forMs === null ? null : deps.nowMs() + forMs
  const fault: Fault = { name, market, untilMs, probability: chance }
  deps.faults.set(fault)
  return ok(fault)
}

function isKnown(deps: ControlDeps, market: string): boolean {
  return deps.world.bySlug(market) !== null || deps.world.byCondition(market) !== null
}

function resolveNow(deps: ControlDeps, ask: Ask): Reply {
  const { slug } = parseBody(ask.body) ?? {}
  const market = typeof slug === 'string' ? deps.world.bySlug(slug) : null
  if (market === null) {
    return refusal(404, `There is no window "${String(slug)}"; GET /state lists those that are.`)
  }
  const now = deps.nowMs()
  if (phaseOf(market, now) !== 'ended') {
    return refusal(
      409,
      `The window "${market.slug}" is ${phaseOf(market, now)}; only one that has ended can be resolved.`,
    )
  }
  deps.world.resolveNow(market, now)
  return ok(windowOf(market, now))
}

async function wait(deps: ControlDeps, ask: Ask): Promise<Reply> {
  const body = parseBody(ask.body)
  const { slug, beforeCloseMs = 0 } = body ?? {}
  if (
    typeof slug !== 'string' ||
    typeof beforeCloseMs !== 'number' ||
    Number.isNaN(beforeCloseMs)
  ) {
    return refusal(
      400,
      'Send a JSON object like {"slug":"btc-updown-5m-1795194000","beforeCloseMs":1000}.',
    )
  }
  const market = deps.world.bySlug(slug)
  if (market === null)
    return refusal(404, `There is no window "${slug}"; GET /state lists those that are.`)
  const endsAt = market.window.endSec * 1000
  const reached = await deps.waitUntil(endsAt - beforeCloseMs)
  if (!reached) return refusal(503, 'The embedded venue was stopped before that instant.')
  return ok({ slug, beforeCloseMs, endsAt, serverTime: deps.nowMs() })
}

function parseBody(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    // The caller says what it wanted instead.
    return null
  }
}
