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

function discard(socket: Socket): void {
  socket.on('error', () => {
    // A rehearsal that breaks off is nothing to anybody.
  })
  socket.resume()
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
