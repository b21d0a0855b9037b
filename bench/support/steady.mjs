// A process of its own: the frames of one market at an even rate to every listener, for as long as somebody listens.
import { WebSocketServer } from 'ws'
import { makeFrames } from './frames.mjs'

const frames = makeFrames(20_000)
const perMs = Number(process.argv[2]) / 1_000
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  const start = performance.now()
  let sent = 0
  // A timer's step is a millisecond or more; what it missed goes out with the next one, so the rate holds.
  const timer = setInterval(() => {
    for (const due = (performance.now() - start) * perMs; sent < due; sent += 1) {
      const at = sent < frames.length ? sent : 2 + ((sent - 2) % (frames.length - 2))
      socket.send(frames[at], { binary: false })
    }
  }, 1)
  socket.on('close', () => clearInterval(timer))
})
server.on('listening', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
