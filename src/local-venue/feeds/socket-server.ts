/** A port that speaks WebSocket: what it takes, what it refuses, and the end of all its connections. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Bugs } from '../bugs.ts'
import { refuseUpgrade } from '../refuse-upgrade.ts'
import { requestUrl } from '../request-url.ts'

/** Subscriptions are short; nothing longer is read. */
const FRAME_BYTES_MAX = 64 * 1024
/** A client that does not read is let go before it eats our memory. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024

export type SocketDoor = {
  readonly bugs: Bugs
  /** What the connection is refused with, or null to let it in. */
  refuses(url: URL): { readonly status: 404 | 451 | 501; readonly body: unknown } | null
  welcome(socket: WebSocket, url: URL): void
}

export function createSocketServer(door: SocketDoor): Server {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  })
  const server = createServer((request, response) => {
    request.resume()
    response
      .writeHead(426, { 'Content-Type': 'application/json; charset=utf-8', Upgrade: 'websocket' })
      .end(JSON.stringify({ error: 'This port speaks WebSocket.' }))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = requestUrl(request.url)
    if (url === null) {
      refuseUpgrade(socket, 400, JSON.stringify({ error: 'This is no address.' }))
      return
    }
    const refused = door.refuses(url)
    if (refused !== null) {
      refuseUpgrade(socket, refused.status, JSON.stringify(refused.body))
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // A broken frame closes the socket; `close` follows and is enough.
      webSocket.on('error', () => webSocket.terminate())
      guardSocket(webSocket, door.bugs)
      door.welcome(webSocket, url)
    })
  })
  // Sockets that were upgraded are no connections of the server any more, and would hold its end up.
  const endConnections = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    for (const socket of sockets.clients) socket.terminate()
    endConnections()
  }
  return server
}

/** Whatever a client sends: a listener that breaks ends its own connection and nothing else. */
export function guardSocket(socket: WebSocket, bugs: Bugs): void {
  const emit = socket.emit.bind(socket)
  socket.emit = (...said: Parameters<typeof emit>) => {
    try {
      return emit(...said)
    } catch (error) {
      bugs.report(error)
      socket.terminate()
      return true
    }
  }
}

export function tell(socket: WebSocket, text: string): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > UNREAD_BYTES_MAX) socket.terminate()
  else socket.send(text)
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    // Real servers are silent about what they cannot read.
    return null
  }
}
