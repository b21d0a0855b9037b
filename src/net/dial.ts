/**
 * How to reach one peer: plain TCP or TLS, with Nagle off, the peer's certificate checked, and the last TLS session offered again so that a
 * reconnect costs one round trip less. The certificates of authority are read once, not at every connection.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls'

/** Begins a connection; `onOpen` is called once it may carry requests. */
export type Dial = (onOpen: (how: string) => void) => Socket

export function dialTcp(host: string, port: number): Dial {
  return (onOpen) => {
    const socket = connectTcp({ host, port })
    socket.once('connect', () => {
      socket.setNoDelay(true)
      onOpen('TCP')
    })
    return socket
  }
}

export function dialTls(options: ConnectionOptions & { host: string; port: number }): Dial {
  let session: Buffer | undefined
  return (onOpen) => {
    // An address has no name to indicate.
    const named = isIP(options.host) === 0 ? { servername: options.host } : {}
    const offered = session
    // Offered once: a session that the peer does not like must not spoil every attempt.
    session = undefined
    const socket = connectTls({ ...options, ...named, ...(offered ? { session: offered } : {}) })
    socket.on('session', (next: Buffer) => {
      session = next
    })
    socket.once('secureConnect', () => {
      socket.setNoDelay(true)
      onOpen(`${socket.getProtocol() ?? 'TLS'}${socket.isSessionReused() ? ', resumed' : ''}`)
    })
    return socket
  }
}

/** One for each connection, so that each keeps a session of its own: a ticket is good for one use. */
export function createDials(url: URL, count: number, ca: Buffer | undefined): Dial[] {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (url.protocol === 'http:') {
    const port = Number(url.port || 80)
    return Array.from({ length: count }, () => dialTcp(host, port))
  }
  const secureContext = createSecureContext({ minVersion: 'TLSv1.2', ...(ca ? { ca } : {}) })
  const options = {
    host,
    port: Number(url.port || 443),
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // Said aloud, so that no variable of the environment can switch it off.
    rejectUnauthorized: true,
  }
  return Array.from({ length: count }, () => dialTls(options))
}
