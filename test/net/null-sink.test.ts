import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Dial } from '../../src/net/dial.ts'
import { type NullSink, startNullSink } from '../../src/net/null-sink.ts'

const ends: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(encrypted: boolean) {
  const gone: string[] = []
  let sink: NullSink | null = null
  const dial = await new Promise<Dial>((resolve) => {
    sink = startNullSink({ encrypted, onReady: resolve, onGone: (reason) => gone.push(reason) })
  })
  ends.push(() => sink?.close())
  return { dial, gone, close: async () => await (sink as NullSink | null)?.close() }
}

async function open(dial: Dial): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = dial(() => resolve(socket))
    socket.on('error', reject)
    ends.push(() => {
      socket.destroy()
    })
  })
}

test.each([false, true])(
  'reads and discards, and never answers (encrypted: %s)',
  async (encrypted) => {
    const { dial, gone, close } = await start(encrypted)
    const socket = await open(dial)
    let heard = 0
    socket.on('data', (data) => {
      heard += data.length
    })
    // More than any buffer of the system holds: it can only all be written if somebody reads.
    for (let round = 0; round < 64; round += 1) {
      if (!socket.write(Buffer.alloc(1_048_576))) await once(socket, 'drain')
    }
    expect(socket.writableLength).toBe(0)
    expect(heard).toBe(0)
    socket.removeAllListeners('error').on('error', () => {
      // Its end is what comes next.
    })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await close()
    await closed
    expect(gone).toEqual([])
  },
)

test('takes several connections', async () => {
  const { dial } = await start(false)
  const sockets = [await open(dial), await open(dial)]
  expect(sockets.every((socket) => socket.writable)).toBe(true)
})
