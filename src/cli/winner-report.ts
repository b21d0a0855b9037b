/** How often the winner that we named was the venue's: with everything heard, at the close, and so many seconds before it. */
import type { Side } from '../domain/ids.ts'
import { MICRO, type Ticks } from '../domain/units.ts'
import type { Audit } from '../ledger/certificates.ts'
import { wilson } from '../ledger/tally.ts'
import { breakEvenMicro } from '../pricing/fees.ts'

const SECONDS = [0, 2, 5, 10, 20, 30] as const

export type WinnerLine = {
  /** Null: with every price that was heard until the result. */
  readonly leftSec: number | null
  /** Windows in which a side was named then. */
  readonly named: number
  readonly wrong: number
  readonly rate: number | null
  /** 95 % Wilson interval of the rate. */
  readonly low: number | null
  readonly high: number | null
  /** Windows in which the named side was for sale then, and how often it was the wrong one. */
  readonly forSale: number
  readonly forSaleWrong: number
  /** The rate of wrong names at which buying at those asks, fee included, neither gains nor loses. */
  readonly mayBeWrong: number | null
}

export type Mismatch = {
  readonly market: string
  readonly winner: Side
  readonly own: Side | null
  readonly final: string | null
  readonly strike: string | null
  readonly certainty: string | null
  /** The moments at which the other side was named. */
  readonly wrongAt: readonly (number | null)[]
}

export type WinnerReport = {
  /** Windows that one side won. */
  readonly windows: number
  readonly lines: readonly WinnerLine[]
  readonly mismatches: readonly Mismatch[]
}

type Named = { readonly side: Side; readonly ask: Ticks | null }
type Bin = {
  named: number
  wrong: number
  forSale: number
  forSaleWrong: number
  breakEven: number
}

export function winnerReport(audits: Iterable<Audit>): WinnerReport {
  const moments: readonly (number | null)[] = [null, ...SECONDS]
  const bins = moments.map(
    (): Bin => ({ named: 0, wrong: 0, forSale: 0, forSaleWrong: 0, breakEven: 0 }),
  )
  const mismatches: Mismatch[] = []
  let windows = 0
  for (const audit of audits) {
    const { winner, slug, own } = audit.judged
    if (winner !== 'UP' && winner !== 'DOWN') continue
    windows += 1
    const wrongAt = moments.filter((moment, at) => {
      const named = namedAt(audit, moment)
      if (named === null) return false
      count(bins[at] as Bin, named, winner, audit)
      return named.side !== winner
    })
    if (wrongAt.length === 0) continue
    const { winner: ours, final, strike, certainty } = own
    mismatches.push({ market: slug, winner, own: ours, final, strike, certainty, wrongAt })
  }
  const lines = moments.map((leftSec, at) => lineOf(leftSec, bins[at] as Bin))
  return { windows, lines, mismatches }
}

function namedAt({ sealed, judged }: Audit, moment: number | null): Named | null {
  if (moment === null)
    return judged.own.winner === null ? null : { side: judged.own.winner, ask: null }
  const second = sealed?.trail.seconds.find(({ leftSec }) => leftSec === moment)
  const side = second?.winner ?? null
  if (second === undefined || side === null) return null
  return { side, ask: (side === 'UP' ? second.up : second.down)?.forSize ?? null }
}

function count(bin: Bin, { side, ask }: Named, winner: Side, { sealed }: Audit): void {
  const wrong = side === winner ? 0 : 1
  bin.named += 1
  bin.wrong += wrong
  if (ask === null || sealed === null) return
  bin.forSale += 1
  bin.forSaleWrong += wrong
  bin.breakEven += breakEvenMicro(sealed.fee, ask)
}

function lineOf(leftSec: number | null, bin: Bin): WinnerLine {
  const { named, wrong, forSale, forSaleWrong, breakEven } = bin
  return {
    leftSec,
    named,
    wrong,
    rate: named === 0 ? null : wrong / named,
    ...wilson(wrong, named),
    forSale,
    forSaleWrong,
    mayBeWrong: forSale === 0 ? null : 1 - breakEven / forSale / MICRO,
  }
}
