/** Services that listen but are not built yet: they say so, in a way that no client can mistake for weather. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function createUnserved(name: string): Server {
  const body = JSON.stringify({ error: `The embedded venue does not serve ${name} yet.` })
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(501, { 'Content-Type': 'application/json; charset=utf-8' }).end(body)
  })
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) =>
    refuseUpgrade(socket, 501, body),
  )
  return server
}

const REASONS = {
  404: 'Not Found',
  451: 'Unavailable For Legal Reasons',
  501: 'Not Implemented',
} as const

export function refuseUpgrade(socket: Duplex, status: keyof typeof REASONS, body: string): void {
  const reason = REASONS[status]
  // The client may be gone already; there is nothing left to do for it then.
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
