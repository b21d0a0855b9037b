/** A peer that does exactly what a test tells it: it keeps every piece it gets and says nothing of its own accord. */
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export type Peer = {
  readonly socket: Socket
  /** One entry for each data event. */
  readonly pieces: string[]
}

export type RawServer = {
  readonly url: string
  readonly port: number
  /** Every connection there ever was. */
  readonly peers: Peer[]
  /** All that all peers got, in order. */
  readonly heard: string[]
  /** Resolves when this holds; it is looked at whenever something happens at the server. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

export function fixture(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)))
}

export type RawServerOptions = {
  tls?: boolean
  port?: number
  onPeer?(peer: Peer): void
  onPiece?(peer: Peer, piece: string): void
}

export async function startRawServer(options: RawServerOptions = {}): Promise<RawServer> {
  const peers: Peer[] = []
  const heard: string[] = []
  let waiting: { holds: () => boolean; resolve: () => void }[] = []

  function look(): void {
    waiting = waiting.filter(({ holds, resolve }) => {
      if (!holds()) return true
      resolve()
      return false
    })
  }

  function greet(socket: Socket | TLSSocket): void {
    const peer: Peer = { socket, pieces: [] }
    peers.push(peer)
    socket.on('error', () => {
      // Half of these tests break connections on purpose.
    })
    socket.on('close', look)
    socket.on('data', (data) => {
      const piece = data.toString()
      peer.pieces.push(piece)
      heard.push(piece)
      options.onPiece?.(peer, piece)
      look()
    })
    options.onPeer?.(peer)
    look()
  }

  const server = options.tls
    ? createTlsServer(
        { key: fixture('localhost-key.pem'), cert: fixture('localhost-cert.pem') },
        greet,
      )
    : createServer(greet)
  const raw = new Set<Socket>()
  server.on('connection', (socket: Socket) => raw.add(socket))
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve()),
  )
  const { port } = server.address() as AddressInfo
  return {
    url: options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    peers,
    heard,
    until(holds) {
      return new Promise((resolve) => {
        waiting.push({ holds, resolve })
        look()
      })
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of raw) socket.destroy()
      })
    },
  }
}
