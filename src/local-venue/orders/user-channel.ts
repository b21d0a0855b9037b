/** The user channel: who shows the credentials of a key hears of its own orders and trades. Nothing is acknowledged and nothing is told again. */
import type { WebSocket } from 'ws'
import type { Faults } from '../faults.ts'
import { parseObject, tell } from '../feeds/socket-server.ts'
import type { Desk } from './desk.ts'
import type { Holders } from './holders.ts'
import type { KeyOwner, Keys } from './keys.ts'
import { eventText } from './order-json.ts'

export type UserChannel = { accept(socket: WebSocket): void; close(): void }

export type UserChannelDeps = {
  readonly desk: Desk
  readonly keys: Keys
  readonly holders: Holders
  readonly faults: Faults
  nowMs(): number
}

type Client = {
  readonly socket: WebSocket
  owner: KeyOwner | null
  readonly markets: Set<string>
  all: boolean
}

export function createUserChannel(deps: UserChannelDeps): UserChannel {
  const clients = new Set<Client>()
  deps.desk.listen((event, accounts) => {
    if (deps.faults.strikes('user-silent')) return
    const { market } =
      event.kind === 'trade' ? event.trade : event.kind === 'order' ? event.placed : event
    const ms = Math.floor(deps.nowMs())
    const stamp = String(deps.faults.strikes('user-seconds') ? Math.floor(ms / 1_000) : ms)
    for (const client of clients) {
      const address = client.owner?.address
      if (address === undefined || !(client.all || client.markets.has(market.conditionId))) continue
      for (const account of accounts) {
        if (deps.holders.holderOf(account) === address)
          tell(client.socket, eventText(event, account, deps.holders.keyOf, stamp))
      }
    }
  })

  function receive(client: Client, text: string): void {
    if (text === 'PING') return tell(client.socket, 'PONG')
    const message = parseObject(text)
    if (message === null) return
    const { auth, markets, operation } = message
    const named = Array.isArray(markets) ? markets.map(String) : []
    if (auth !== undefined) {
      client.owner = deps.keys.knows(credentialsIn(auth))
      if (client.owner === null) return client.socket.close()
      client.all = named.length === 0
    }
    if (operation === 'unsubscribe') for (const market of named) client.markets.delete(market)
    else for (const market of named) client.markets.add(market)
  }

  return {
    accept(socket) {
      const client: Client = { socket, owner: null, markets: new Set(), all: false }
      clients.add(client)
      socket.on('close', () => clients.delete(client))
      socket.on('error', () => socket.terminate())
      socket.on('message', (data) => receive(client, String(data)))
    },
    close() {
      for (const { socket } of clients) socket.terminate()
    },
  }
}

function credentialsIn(auth: unknown): { apiKey: string; secret: string; passphrase: string } {
  const {
    apiKey = '',
    secret = '',
    passphrase = '',
  } = (typeof auth === 'object' && auth !== null ? auth : {}) as Record<string, unknown>
  return { apiKey: String(apiKey), secret: String(secret), passphrase: String(passphrase) }
}
