/** The servers of the venue: which there are, in which order they take their ports, and how they start and stop. */
import type { Server } from 'node:http'
import { UserError } from '../domain/user-error.ts'

/** In the order of their ports: with `--port N` Gamma gets N, the CLOB N + 1 and so on. */
export const SERVICES = [
  'gamma',
  'clob',
  'data',
  'market',
  'rtds',
  'polybolt',
  'binanceWs',
  'binanceRest',
  'coinbaseWs',
  'site',
  'chain',
  'control',
  // The youngest: the ports of the others stay where they were.
  'coinbaseRest',
] as const

export type ServiceName = (typeof SERVICES)[number]

export type Endpoints = {
  readonly gamma: string
  readonly clob: string
  readonly data: string
  readonly marketWs: string
  readonly userWs: string
  readonly rtds: string
  readonly polybolt: string
  readonly binanceWs: string
  readonly binanceRest: string
  readonly coinbaseWs: string
  readonly coinbaseRest: string
  readonly site: string
  readonly chain: string
  readonly control: string
}

const HOST = '127.0.0.1'
export const PORT_MAX = 65_535 - SERVICES.length

/** Starts them all or none. */
export async function listenAll(
  servers: Readonly<Record<ServiceName, Server>>,
  firstPort: number,
): Promise<Endpoints> {
  const starts = await Promise.allSettled(
    SERVICES.map((name, at) => listen(servers[name], firstPort === 0 ? 0 : firstPort + at)),
  )
  const ports: number[] = []
  for (const start of starts) {
    if (start.status === 'rejected') {
      await closeAll(servers)
      throw start.reason
    }
    ports.push(start.value)
  }
  return endpointsOf((name) => ports[SERVICES.indexOf(name)] as number)
}

export async function closeAll(servers: Readonly<Record<ServiceName, Server>>): Promise<void> {
  await Promise.all(SERVICES.map((name) => close(servers[name])))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port)))
    server.listen(port, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function explained(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UserError(
      'general',
      `Port ${port} is taken; the venue needs ${SERVICES.length} free ports in a row, so give another --port, or --port 0 for any.`,
    )
  }
  if (error.code === 'EACCES') {
    return new UserError(
      'general',
      `Port ${port} may not be used by this user; give a --port above 1023, or 0 for any.`,
    )
  }
  return error
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A server that never listened is as closed as one that did.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function endpointsOf(portOf: (name: ServiceName) => number): Endpoints {
  const http = (name: ServiceName): string => `http://${HOST}:${portOf(name)}`
  const ws = (name: ServiceName): string => `ws://${HOST}:${portOf(name)}`
  return {
    gamma: http('gamma'),
    clob: http('clob'),
    data: http('data'),
    marketWs: `${ws('market')}/ws/market`,
    userWs: `${ws('market')}/ws/user`,
    rtds: ws('rtds'),
    polybolt: `${ws('polybolt')}/ws`,
    binanceWs: ws('binanceWs'),
    binanceRest: http('binanceRest'),
    coinbaseWs: ws('coinbaseWs'),
    coinbaseRest: http('coinbaseRest'),
    site: http('site'),
    chain: http('chain'),
    control: http('control'),
  }
}
