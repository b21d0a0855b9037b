/** The engine's state as plain data for people: live table, control server, terminal UI. Never the state itself. */

import type { Halt } from '../domain/account.ts'
import type { Change } from '../domain/change.ts'
import { stakesText } from '../domain/stakes-text.ts'
import { type TripwireTold, tripwireText } from '../domain/tripwire-text.ts'
import { formatMicro, formatPrice, MICROS_PER_MS, type Micros } from '../domain/units.ts'
import type { EngineView } from '../engine/engine.ts'
import { ageMicros, type LastSecondTrader, type TokenTrack } from '../engine/last-second-trader.ts'
import { shotOf } from '../engine/own-orders.ts'

export type SideSnapshot = {
  readonly state: string
  readonly bid: string | null
  readonly ask: string | null
  readonly ageMs: number | null
}

export type WindowSnapshot = {
  readonly slug: string
  readonly asset: string
  readonly interval: string
  readonly state: string
  readonly leftMs: number
  readonly up: SideSnapshot
  readonly down: SideSnapshot
  readonly decision: string | null
  readonly reason: string | null
}

export type EngineSnapshot = {
  readonly cash: string
  readonly paused: boolean
  readonly halted: boolean
  /** Why the bot halted itself; null where it did not, or a person did. */
  readonly haltReason: string | null
  readonly stopping: boolean
  readonly clock: { readonly offsetMs: number; readonly errorMs: number } | null
  readonly roundTrip: { readonly p50Ms: number; readonly p99Ms: number } | null
  readonly account: AccountSnapshot
  /** Where a live bot stands on the ladder of stakes; null where there is none. */
  readonly stakes: string | null
  /** Settings that are not as they were at the start. */
  readonly changed: readonly Change[]
  readonly windows: readonly WindowSnapshot[]
}

export type AccountSnapshot = {
  readonly atStake: string
  readonly positions: number
  readonly dayPnl: string
  readonly drawdown: string
  readonly tripwire: TripwireTold & { readonly text: string }
}

export function engineSnapshot(view: EngineView, recvAt: Micros): EngineSnapshot {
  const offset = view.clock?.offsetMicros ?? 0
  const windows = [...view.traders].map((trader) => windowSnapshot(trader, recvAt, recvAt + offset))
  return {
    cash: formatMicro(view.cash),
    paused: view.paused,
    halted: view.halted,
    haltReason: view.halt === null ? null : haltText(view.halt),
    stopping: view.stopping,
    clock:
      view.clock === null
        ? null
        : {
            offsetMs: view.clock.offsetMicros / MICROS_PER_MS,
            errorMs: view.clock.errorMicros / MICROS_PER_MS,
          },
    roundTrip:
      view.roundTrip === null
        ? null
        : {
            p50Ms: view.roundTrip.p50Micros / MICROS_PER_MS,
            p99Ms: view.roundTrip.p99Micros / MICROS_PER_MS,
          },
    account: accountSnapshot(view.account),
    stakes: view.stakes === null ? null : stakesText(view.stakes),
    changed: [...view.changes.values()],
    windows: windows.sort((a, b) => a.leftMs - b.leftMs),
  }
}

export function haltText({ cause, why }: Halt): string {
  return `${cause.toUpperCase()}: ${why}`
}

export function accountSnapshot({ tripwire, ...account }: EngineView['account']): AccountSnapshot {
  return {
    atStake: formatMicro(account.atStake),
    positions: account.positions,
    dayPnl: formatMicro(account.dayPnl),
    drawdown: formatMicro(account.drawdown),
    tripwire: { ...tripwire, text: tripwireText(tripwire) },
  }
}

function windowSnapshot(
  trader: LastSecondTrader,
  recvAt: Micros,
  venueNow: number,
): WindowSnapshot {
  const { market } = trader
  const own = shotOf(trader) ?? trader.orders.at(-1) ?? null
  return {
    slug: market.slug,
    asset: market.asset,
    interval: market.interval,
    state: trader.state,
    leftMs: Math.round((market.endAt - venueNow) / MICROS_PER_MS),
    up: sideSnapshot(trader.up, recvAt),
    down: sideSnapshot(trader.down, recvAt),
    decision: own === null ? null : `${own.order.side} ${own.outcome?.state ?? 'sent'}`,
    reason: own === null ? trader.standingRefusal : (trader.lastDecision?.why ?? null),
  }
}

function sideSnapshot(track: TokenTrack, recvAt: Micros): SideSnapshot {
  const age = ageMicros(track, recvAt)
  const { bestBid, bestAsk, state } = track.book
  return {
    state,
    bid: bestBid === null ? null : formatPrice(bestBid),
    ask: bestAsk === null ? null : formatPrice(bestAsk),
    ageMs: age === null ? null : Math.round(age / MICROS_PER_MS),
  }
}
