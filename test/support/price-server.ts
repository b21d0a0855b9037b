/** A WebSocket server that says what it is told to, and keeps what it hears. */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** A status, or one with headers. */
export type Refusal =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }

export async function priceServer(refuseWith: Refusal | null = null) {
  const heard: string[] = []
  const paths: string[] = []
  const listeners: (() => void)[] = []
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: (info, done) => {
      paths.push(info.req.url ?? '')
      if (refuseWith === null) done(true)
      else if (typeof refuseWith === 'number') done(false, refuseWith, 'no')
      else done(false, refuseWith.status, 'no', refuseWith.headers)
    },
  })
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      heard.push(String(data))
      for (const listener of listeners) listener()
    }),
  )
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    paths,
    say(text: string): void {
      for (const client of server.clients) client.send(text)
    },
    cut(): void {
      for (const client of server.clients) client.terminate()
    },
    clients: () => server.clients.size,
    onHeard: (listener: () => void) => void listeners.push(listener),
    end(code: number): void {
      for (const client of server.clients) client.close(code)
    },
    async close(): Promise<void> {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
