/**
 * Somewhere to write requests that must go nowhere: a server on loopback that reads and discards and never answers. It speaks TLS where the venue
 * does. It lives on the very loop that writes to it: what the loop reads of a rehearsal keeps the way of a frame warm, as the writing keeps that of
 * an order, and a thread of its own would want the core that is being rehearsed on.
 */
import { randomBytes } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Dial, dialTcp, dialTls } from './dial.ts'

/** A key that both ends know instead of a certificate; with it, nobody else on this machine can pose as the sink. */
const CIPHERS = 'PSK-AES128-GCM-SHA256'
/** One, and the next while the system still has the one before: others on this machine shall not keep the loop busy. */
const CONNECTIONS_MAX = 4
/** Other kinds of key agreement know no such key. */
const VERSION = 'TLSv1.2'

export type NullSink = { close(): Promise<void> }

export type NullSinkOptions = {
  readonly encrypted: boolean
  onReady(dial: Dial): void
  /** Nothing may be dialled any more. */
  onGone(reason: string): void
}

export function startNullSink({ encrypted, onReady, onGone }: NullSinkOptions): NullSink {
  const psk = encrypted ? randomBytes(32) : null
  const open = new Set<Socket>()
  const server = psk === null ? createServer(discard) : createEncrypted(psk)

  // Also those whose handshake is not over.
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    // It keeps no process alive.
    socket.unref()
    socket.on('close', () => open.delete(socket))
  })
  server.maxConnections = CONNECTIONS_MAX
  server.unref()
  server.on('error', (error) => onGone(error.message))
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    onReady(psk === null ? dialTcp('127.0.0.1', port) : dialPsk(port, psk))
  })
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function createEncrypted(psk: Buffer): Server {
  return createTlsServer({ ciphers: CIPHERS, maxVersion: VERSION, pskCallback: () => psk }, discard)
}

function discard(socket: Socket): void {
  socket.on('data', ignore)
  // A rehearsal that breaks off is nothing to anybody.
  socket.on('error', ignore)
}

function ignore(): void {
  // Whatever it was.
}

function dialPsk(port: number, psk: Buffer): Dial {
  return dialTls({
    host: '127.0.0.1',
    port,
    ciphers: CIPHERS,
    maxVersion: VERSION,
    rejectUnauthorized: true,
    // There is no certificate whose name could be checked: the key is the proof.
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: 'rehearsal' }),
  })
}
