/** Signatures ahead of time from a thread of their own. */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { FromSignWorker, ToSignWorker } from './sign-worker.ts'
import type { OrderDraft, SignedDraft, SigningWallet } from './signer.ts'

export type AheadSigner = {
  sign(drafts: readonly OrderDraft[]): Promise<readonly SignedDraft[]>
  close(): Promise<void>
}

export function createAheadSigner(wallet: SigningWallet): AheadSigner {
  const worker = new Worker(workerFile(), { workerData: wallet })
  const waiting = new Map<
    number,
    { resolve: (signed: readonly SignedDraft[]) => void; reject: (error: Error) => void }
  >()
  let asked = 0

  worker.on('message', ({ id, signed }: FromSignWorker) => {
    waiting.get(id)?.resolve(signed)
    waiting.delete(id)
  })
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the signing thread has ended')))

  return {
    sign(drafts) {
      asked += 1
      const id = asked
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, drafts } satisfies ToSignWorker)
      })
    },
    async close() {
      await worker.terminate()
    },
  }
}

/** Beside this file when built. Node 20 cannot run a TypeScript worker, so from source the built one is started. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url)
  if (extname(here) === '.js') return fileURLToPath(new URL('./sign-worker.js', import.meta.url))
  return fileURLToPath(new URL('../../../dist/venues/polymarket/sign-worker.js', import.meta.url))
}
