/** The thread that signs ahead, so that the trading thread never waits for a signature. */
import { parentPort, workerData } from 'node:worker_threads'
import { createSigner, type OrderDraft, type SignedDraft, type SigningWallet } from './signer.ts'

export type ToSignWorker =
  | { readonly id: number; readonly drafts: readonly OrderDraft[] }
  | { readonly close: true }
export type FromSignWorker = { readonly id: number } & (
  | { readonly signed: readonly SignedDraft[] }
  | { readonly failed: string }
)

const signer = createSigner(workerData as SigningWallet)

parentPort?.on('message', (message: ToSignWorker) => {
  if ('close' in message) return parentPort?.close()
  const { id, drafts } = message
  parentPort?.postMessage({ id, ...signAll(drafts) } satisfies FromSignWorker)
})

/** Drafts that cannot be signed are the trouble of whoever sent them, and not of those that wait behind. */
function signAll(
  drafts: readonly OrderDraft[],
): { signed: readonly SignedDraft[] } | { failed: string } {
  try {
    return { signed: drafts.map((draft) => signer.sign(draft)) }
  } catch (error) {
    return { failed: String(error) }
  }
}
