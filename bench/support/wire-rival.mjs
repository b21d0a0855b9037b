/** The rival: `ws`, JSON.parse, a naive book, and the official client with warm caches and its faster signer. */
import { ClobClient } from '@polymarket/clob-client-v2'
import { createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { WebSocket } from 'ws'
import { rival as naive } from './books.mjs'
import { CAP_TEXT, marketOf } from './wire-frames.mjs'

const OPTIONS = { tickSize: '0.01', negRisk: false, version: 2 }
const CAP = Number(CAP_TEXT)

/** One of each way, on a market of its own: what it does when the ask is within the cap. */
export async function startRivals({ channel, clob, privateKey, credentials, markets }) {
  const account = privateKeyToAccount(privateKey)
  const signer = createWalletClient({ account, transport: http('http://127.0.0.1:9') })
  const client = new ClobClient({
    host: clob,
    chain: 137,
    signer,
    creds: {
      key: credentials.apiKey,
      secret: credentials.secret,
      passphrase: credentials.passphrase,
    },
    throwOnError: true,
  })
  const order = (tokenID) => ({ tokenID, side: 'BUY', amount: 2.55, orderType: 'FOK' })
  const ways = {
    given: (token) =>
      client.createAndPostMarketOrder({ ...order(token), price: CAP }, OPTIONS, 'FOK'),
    default: (token) => client.createAndPostMarketOrder(order(token), undefined, 'FOK'),
    presigned: (_token, signed) => client.postOrder(signed, 'FOK'),
  }
  const open = []
  for (const [name, number] of Object.entries(markets)) {
    const { up, down } = marketOf(number)
    const signed = await client.createMarketOrder({ ...order(up), price: CAP }, OPTIONS)
    open.push(await watch(channel, up, down, () => ways[name](up, signed)))
  }
  return {
    close() {
      for (const socket of open) socket.close()
    },
  }
}

function watch(url, up, down, fire) {
  const side = naive(up, down)
  const socket = new WebSocket(url)
  let fired = false
  socket.on('message', (frame) => {
    side.feed(frame)
    const ask = side.bestAsk(up)
    if (ask !== undefined && ask <= CAP) {
      if (fired) return
      fired = true
      fire().catch((error) => {
        throw error
      })
    } else fired = false
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      socket.send(JSON.stringify({ assets_ids: [up, down], type: 'market' }))
      resolve(socket)
    })
  })
}
