// A process of its own: the market channel of many markets at a steady rate to every listener, and at the end how many frames left.
import { WebSocketServer } from 'ws'
import { makeFrames } from './frames.mjs'
import { marketOf } from './many-markets.mjs'

const [markets, perSecond] = process.argv.slice(2).map(Number)
const TICK_MS = 10
const streams = Array.from({ length: markets }, (_, n) => {
  const { conditionId, up, down } = marketOf(n)
  const frames = makeFrames(6_000, n + 1, conditionId, up, down)
  return { frames, at: 2, sockets: new Map(), up, down }
})
let sent = 0
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const text = data.toString()
    if (text === 'PING') return socket.send('PONG')
    const { assets_ids: ids } = JSON.parse(text)
    const stream = streams.find(({ up, down }) => ids.includes(up) || ids.includes(down))
    // Both books first, so that whatever the stream says next applies; then the stream from its beginning.
    stream.sockets.set(socket, 0)
    socket.on('close', () => stream.sockets.delete(socket))
  })
})
const timer = setInterval(() => {
  const count = Math.round((perSecond * TICK_MS) / 1_000)
  for (const { frames, sockets } of streams) {
    for (const [socket, from] of sockets) {
      let at = from
      for (let n = 0; n < count; n += 1) {
        socket.send(frames[at], { binary: false })
        at = at + 1 === frames.length ? 0 : at + 1
        sent += 1
      }
      sockets.set(socket, at)
    }
  }
}, TICK_MS)
server.on('listening', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.once('data', () => {
  clearInterval(timer)
  process.stdout.write(`${sent}\n`)
})
process.stdin.on('end', () => process.exit(0))
