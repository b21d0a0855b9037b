/** What the control server tells: one contract for server, client and screens. */
import type { OperatorAction } from '../domain/account.ts'
import type { Change } from '../domain/change.ts'
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
export type RunFile = {
  readonly pid: number
  readonly port: number
  readonly host: string
  readonly startedAt: string
  /** Where the bot took the key from that a person's words must carry. Never the key. */
  readonly key: 'DASHBOARD_API_KEY' | 'control.key'
}

export type ControlWorkerData = {
  readonly host: string
  readonly port: number
  readonly answerMs: number
  readonly keyDigest: Uint8Array
}

/** What became of a wish about settings. */
export type ChangeFate =
  | { readonly kind: 'taken'; readonly changed: readonly Change[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'silent' | 'failed' }

export type ToControlWorker =
  | { readonly kind: 'snapshot'; readonly snapshot: StatusSnapshot }
  | { readonly kind: 'operated'; readonly id: number; readonly ok: boolean }
  | { readonly kind: 'changed'; readonly id: number; readonly fate: ChangeFate }
  | { readonly kind: 'close' }
export type FromControlWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'operate'; readonly id: number; readonly action: OperatorAction }
  | {
      readonly kind: 'change'
      readonly id: number
      readonly asked: ReadonlyMap<string, string>
      readonly by: string
    }
  | { readonly kind: 'closed' }
