/** The server that carries the market channel and the user channel. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Bugs } from './bugs.ts'
import { guardSocket } from './feeds/socket-server.ts'
import type { MarketChannel } from './market-channel.ts'
import type { UserChannel } from './orders/user-channel.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { requestUrl } from './request-url.ts'

/** Subscriptions are short; nothing longer is read. */
const FRAME_BYTES_MAX = 1024 * 1024

export function createMarketServer(channel: MarketChannel, users: UserChannel, bugs: Bugs): Server {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  })
  const server = createServer((request, response) => {
    request.resume()
    const error = 'This port speaks WebSocket: connect to /ws/market.'
    response
      .writeHead(426, { 'Content-Type': 'application/json; charset=utf-8', Upgrade: 'websocket' })
      .end(JSON.stringify({ error }))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = requestUrl(request.url)?.pathname.replace(/\/$/, '') ?? ''
    const room = { '/ws/market': channel, '/ws/user': users }[path]
    if (room !== undefined) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        guardSocket(webSocket, bugs)
        room.accept(webSocket)
      })
    } else {
      refuseUpgrade(socket, 404, JSON.stringify({ error: `There is no channel at "${path}".` }))
    }
  })
  return server
}
