/**
 * What the refusals were worth: for each check that was the first to say no, what the shots would have earned that it kept from being taken. A sum above
 * zero is what it cost, below zero what it saved. Shots that bought nothing are counted the same way.
 */
import type { Otherwise } from '../domain/certificate.ts'
import type { Audit } from './certificates.ts'
import { wilson } from './tally.ts'

/** What some shots would have earned. Money in millionths of a dollar. */
export type ShotSum = {
  /** Those that had an ask to be paid. */
  readonly shots: number
  readonly won: number
  readonly lost: number
  readonly sumMicro: number
  /** Of a shot; null without shots. */
  readonly meanMicro: number | null
  /**
   * 95 % interval of the mean: what the Wilson interval of the hit rate would make of the same prices. Wins are small and losses large, so that a row of
   * wins alone has hardly any spread of its own, and means little.
   */
  readonly lowMicro: number | null
  readonly highMicro: number | null
}

export type GateLine = {
  readonly gate: string
  /** Windows that it refused, also those in which there was nothing to buy. */
  readonly refused: number
  readonly all: ShotSum
  /** The windows in which no other check said no for a reason of its own. */
  readonly only: ShotSum & { readonly refused: number }
}

export type GateReport = {
  readonly windows: number
  /** The most frequent first. */
  readonly gates: readonly GateLine[]
  readonly unfilled: readonly (ShotSum & { readonly cause: Otherwise['cause'] })[]
}

type Bin = { refused: number; onlyRefused: number; all: Otherwise[]; only: Otherwise[] }

export function gateReport(audits: Iterable<Audit>): GateReport {
  let windows = 0
  const gates = new Map<string, Bin>()
  const unfilled = new Map<Otherwise['cause'], Otherwise[]>()
  for (const audit of audits) {
    const { otherwise, refusals } = audit.judged
    windows += 1
    if (otherwise !== null && otherwise.cause !== 'refused') {
      const others = unfilled.get(otherwise.cause) ?? []
      unfilled.set(otherwise.cause, others)
      others.push(otherwise)
    }
    const gate = gateOf(audit)
    if (gate === null) continue
    const bin = gates.get(gate) ?? { refused: 0, onlyRefused: 0, all: [], only: [] }
    gates.set(gate, bin)
    const isOnly = refusals.length <= 1
    bin.refused += 1
    if (isOnly) bin.onlyRefused += 1
    if (otherwise === null) continue
    bin.all.push(otherwise)
    if (isOnly) bin.only.push(otherwise)
  }
  const lines = [...gates].map(([gate, { refused, onlyRefused, all, only }]) => ({
    gate,
    refused,
    all: sumOf(all),
    only: { refused: onlyRefused, ...sumOf(only) },
  }))
  return {
    windows,
    gates: lines.sort((a, b) => b.refused - a.refused || (a.gate < b.gate ? -1 : 1)),
    unfilled: [...unfilled].map(([cause, shots]) => ({ cause, ...sumOf(shots) })),
  }
}

/** Where nothing was judged, the word before the colon says so. */
function gateOf({ sealed, judged }: Audit): string | null {
  if (judged.refusedBy !== null) return judged.refusedBy
  const passed = sealed?.passed ?? null
  return passed === null ? null : (passed.split(':')[0] as string)
}

function sumOf(shots: readonly Otherwise[]): ShotSum {
  const n = shots.length
  const won = shots.filter(({ payout, shares }) => (payout as number) === shares).length
  const sumMicro = shots.reduce((sum, { pnl }) => sum + pnl, 0)
  const paid = shots.reduce((sum, { cost, fee }) => sum + cost + fee, 0)
  const bought = shots.reduce((sum, { shares }) => sum + shares, 0)
  const { low, high } = wilson(won, n)
  const at = (rate: number | null): number | null =>
    rate === null ? null : Math.round((rate * bought - paid) / n)
  return {
    shots: n,
    won,
    lost: n - won,
    sumMicro,
    meanMicro: n === 0 ? null : Math.round(sumMicro / n),
    lowMicro: at(low),
    highMicro: at(high),
  }
}
