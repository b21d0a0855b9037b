/** The load of the timed benches: frames at an even rate from another process, decoded and applied on this loop. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { oursByEvents } from './books.mjs'

/** Another process that sends this many frames a second to everybody who connects. */
export async function startSender(perSecond) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./steady.mjs', import.meta.url)), String(perSecond)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const port = await new Promise((resolve) =>
    child.stdout.once('data', (chunk) => resolve(Number(chunk.toString()))),
  )
  return { port, stop: () => child.stdin.end() }
}

/** Our socket's settings, our decoder, our books. A frame that is refused ends the process: it would be load that is none. */
export async function listen(port) {
  const side = oursByEvents()
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  })
  let frames = 0
  socket.on('message', (frame) => {
    frames += 1
    if (!side.feed(frame)) throw new Error('the decoder refused a frame')
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return { frames: () => frames, close: () => socket.close() }
}
