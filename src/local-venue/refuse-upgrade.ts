/** Says no to a WebSocket before it is one. */
import type { Duplex } from 'node:stream'

const REASONS = {
  400: 'Bad Request',
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
