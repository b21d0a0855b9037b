// A process of its own: sends the frames to whoever connects, as fast as the socket takes them, then says goodbye.
import { WebSocketServer } from 'ws'
import { makeFrames } from './frames.mjs'

const frames = makeFrames(20_000)
const total = Number(process.argv[2])
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  let sent = 0
  const pump = () => {
    socket._socket.cork()
    for (let burst = 0; burst < 500 && sent < total; burst += 1) {
      socket.send(frames[sent < frames.length ? sent : 2 + ((sent - 2) % (frames.length - 2))], {
        binary: false,
      })
      sent += 1
    }
    socket._socket.uncork()
    if (sent >= total) return socket.close()
    if (socket._socket.writableNeedDrain) socket._socket.once('drain', pump)
    else setImmediate(pump)
  }
  socket.once('message', pump)
})
server.on('listening', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
