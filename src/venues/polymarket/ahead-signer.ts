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

type Waiting = {
  resolve(signed: readonly SignedDraft[]): void
  reject(error: Error): void
}

export function createAheadSigner(wallet: SigningWallet): AheadSigner {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let asked = 0
  let closed = false

  /** A thread that has died is replaced when it is wanted: nobody would answer there. */
  function start(): Worker {
    const started = new Worker(workerFile(), { workerData: wallet })
    const fail = (error: Error): void => {
      if (worker === started) worker = null
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
    started.on('message', (message: FromSignWorker) => {
      const one = waiting.get(message.id)
      waiting.delete(message.id)
      if ('signed' in message) one?.resolve(message.signed)
      else one?.reject(new Error(message.failed))
    })
    started.on('error', fail)
    started.on('exit', () => {
      if (worker === started) fail(ended())
    })
    return started
  }
  worker = start()

  return {
    sign(drafts) {
      if (closed) return Promise.reject(ended())
      worker ??= start()
      const thread = worker
      asked += 1
      const id = asked
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        thread.postMessage({ id, drafts } satisfies ToSignWorker)
      })
    },
    async close() {
      const thread = worker
      if (closed || thread === null) return
      closed = true
      // Asked to end, and not ended: a native module that is cut short while it loads takes the whole process with it.
      await new Promise<void>((resolve) => {
        thread.once('exit', () => resolve())
        thread.postMessage({ close: true } satisfies ToSignWorker)
      })
    },
  }
}

function ended(): Error {
  return new Error('the signing thread has ended')
}

/** Beside this file when built. Node 20 cannot run a TypeScript worker, so from source the built one is started. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url)
  if (extname(here) === '.js') return fileURLToPath(new URL('./sign-worker.js', import.meta.url))
  return fileURLToPath(new URL('../../../dist/venues/polymarket/sign-worker.js', import.meta.url))
}
