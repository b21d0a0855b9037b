/** What the control server tells: one contract for server, client and screens. */
import type { EngineSnapshot } from '../runtime/snapshot.ts'

export type StatusSnapshot = {
  readonly mode: 'dry' | 'live'
  readonly venue: string
  readonly strategy: string
  readonly startedAt: string
  readonly ready: boolean
  readonly notReady: readonly string[]
  readonly totals: {
    readonly settled: number
    readonly fired: number
    readonly filled: number
    readonly wins: number
    readonly pnl: string
  }
  readonly engine: EngineSnapshot
}

/** Where a running bot is found by the other verbs. */
export type RunFile = { readonly pid: number; readonly port: number; readonly startedAt: string }

export type ToControlWorker =
  | { readonly kind: 'snapshot'; readonly snapshot: StatusSnapshot }
  | { readonly kind: 'close' }
export type FromControlWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' }
