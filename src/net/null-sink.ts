/**
 * Somewhere to write requests that must go nowhere: a server on loopback, in a thread of its own, that reads and discards. Rehearsals go
 * there; it speaks TLS where the venue does, so that they warm the same path.
 */
import { randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type Dial, dialTcp, dialTls } from './dial.ts'
import type { FromNullSink, NullSinkData } from './null-sink-worker.ts'

/** A key that both ends know instead of a certificate; with it, nobody else on this machine can pose as the sink. */
const CIPHERS = 'PSK-AES128-GCM-SHA256'

export type NullSink = { close(): Promise<void> }

export type NullSinkOptions = {
  readonly encrypted: boolean
  onReady(dial: Dial): void
  /** The thread is gone; nothing may be dialled any more. */
  onGone(reason: string): void
}

export function startNullSink({ encrypted, onReady, onGone }: NullSinkOptions): NullSink {
  const psk = encrypted ? randomBytes(32) : null
  const worker = new Worker(workerFile(), {
    workerData: { psk, ciphers: CIPHERS } satisfies NullSinkData,
    // It holds next to nothing; the big young generation of the trading thread is not for it.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  })
  let closed = false
  worker.unref()
  worker.on('message', ({ port }: FromNullSink) => {
    if (!closed) onReady(psk === null ? dialTcp('127.0.0.1', port) : dialPsk(port, psk))
  })
  worker.on('error', (error) => gone(error.message))
  worker.on('exit', () => gone('its thread ended'))

  function gone(reason: string): void {
    if (closed) return
    closed = true
    onGone(reason)
  }

  return {
    async close() {
      closed = true
      await worker.terminate()
    },
  }
}

function dialPsk(port: number, psk: Buffer): Dial {
  return dialTls({
    host: '127.0.0.1',
    port,
    ciphers: CIPHERS,
    maxVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // There is no certificate whose name could be checked: the key is the proof.
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: 'rehearsal' }),
  })
}

/** Beside this file when built. Node 20 cannot run a TypeScript worker, so from source the built one is started. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url)
  if (extname(here) === '.js')
    return fileURLToPath(new URL('./null-sink-worker.js', import.meta.url))
  return fileURLToPath(new URL('../../dist/net/null-sink-worker.js', import.meta.url))
}
