/** The thread that signs ahead, so that the trading thread never waits for a signature. */
import { parentPort, workerData } from 'node:worker_threads'
import { createSigner, type OrderDraft, type SignedDraft, type SigningWallet } from './signer.ts'

export type ToSignWorker = { readonly id: number; readonly drafts: readonly OrderDraft[] }
export type FromSignWorker = { readonly id: number; readonly signed: readonly SignedDraft[] }

const signer = createSigner(workerData as SigningWallet)

parentPort?.on('message', ({ id, drafts }: ToSignWorker) => {
  const signed = drafts.map((draft) => signer.sign(draft))
  parentPort?.postMessage({ id, signed } satisfies FromSignWorker)
})
