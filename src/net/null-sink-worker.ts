/** The far end of rehearsals: takes connections on loopback, reads whatever comes and forgets it. It never answers. */
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'

export type NullSinkData = {
  /** The shared key of an encrypted sink; null for plain TCP. */
  readonly psk: Uint8Array | null
  readonly ciphers: string
}
export type FromNullSink = { readonly port: number }

const { psk, ciphers } = workerData as NullSinkData

/** What comes is left lying for so long: a thread that woke for every rehearsal would want the very core that is being rehearsed on. */
const REST_MS = 20
const READ_MS = 1
/** More at once is no rehearsal, and is read without a rest. */
const FLOOD_BYTES = 65_536

function discard(socket: Socket): void {
  let heard = 0
  let timer: NodeJS.Timeout | null = null

  function rest(): void {
    socket.pause()
    timer = setTimeout(read, REST_MS)
  }

  function read(): void {
    heard = 0
    socket.resume()
    timer = setTimeout(() => {
      if (heard > FLOOD_BYTES) read()
      else if (heard > 0) rest()
      // Nothing any more: the next byte wakes it.
      else timer = null
    }, READ_MS)
  }

  socket.on('data', (piece) => {
    heard += piece.length
    if (timer === null) rest()
  })
  socket.on('close', () => clearTimeout(timer ?? undefined))
  socket.on('error', () => {
    // A rehearsal that breaks off is nothing to anybody.
  })
}

const server =
  psk === null
    ? createServer(discard)
    : createTlsServer(
        { ciphers, maxVersion: 'TLSv1.2', pskCallback: () => Buffer.from(psk) },
        discard,
      )

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null)
    parentPort?.postMessage({ port: address.port } satisfies FromNullSink)
})
