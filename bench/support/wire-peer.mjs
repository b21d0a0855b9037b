// A process of its own: the venue's end of the wire. It sends the frame that decides, and times the first byte of the order that comes
// back, by its own clock. It polls while it waits for that byte, and writes to itself while it waits for the shot, so that neither its wake-up nor
// its cold caches are in the figure.
import { readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect as connectTcp, createServer as createTcp } from 'node:net'
import { connect as connectTls, createServer as createTls } from 'node:tls'
import { WebSocketServer } from 'ws'
import { bookText, deepChange, marketOf, resetFrame, triggerFrame } from './wire-frames.mjs'

const secure = process.argv[2] === 'tls'
const file = (name) => readFileSync(new URL(`../../test/fixtures/tls/${name}`, import.meta.url))
const pair = secure ? { cert: file('localhost-cert.pem'), key: file('localhost-key.pem') } : {}
/** The last moment before a shot is quiet, and an order that has not come by then does not come. */
const HUSH_MS = 1.5
/** Before a shot. */
const WARM_MS = 3
const WARM_EVERY_MS = 0.1
const GIVEN_UP_MS = 2_000
/** On a machine that cannot keep up a window may be over before its turn. */
const TOO_LATE_MS = 2_000
const RESET_AFTER_MS = 6

const now = () => performance.timeOrigin + performance.now()
const sockets = new Map()
const random = Math.random
let flight = null
let clientPid = 0
/** Of each market, ever. */
const requests = new Map()

const channel = secure ? createHttps(pair) : createHttp()
const ws = new WebSocketServer({ server: channel, perMessageDeflate: false })
ws.on('connection', (socket) => {
  socket._socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.on('message', (data) => {
    const said = data.toString()
    if (said === 'PING') return socket.send('PONG')
    const { assets_ids: ids } = JSON.parse(said)
    for (const token of ids) {
      const market = marketOf(Number(token.slice(70, 76)))
      const list = sockets.get(market.conditionId) ?? []
      if (!list.includes(socket)) list.push(socket)
      sockets.set(market.conditionId, list)
      socket.on('close', () => {
        const left = (sockets.get(market.conditionId) ?? []).filter((one) => one !== socket)
        if (left.length > 0) sockets.set(market.conditionId, left)
        else sockets.delete(market.conditionId)
      })
      socket.send(`[${bookText(market, token)}]`)
    }
  })
})

function send(market, frame) {
  for (const socket of sockets.get(market.conditionId) ?? []) socket.send(frame)
}

/** A text frame as it goes over the wire, made before its time: what this end needs to frame it is nobody's latency. */
function framed(text) {
  const payload = Buffer.from(text)
  if (payload.length < 126 || payload.length > 65_535) throw new Error('a frame of another size')
  const head = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255])
  return Buffer.concat([head, payload])
}

const MATCHED = JSON.stringify({
  success: true,
  errorMsg: '',
  orderID: `0x${'ab'.repeat(32)}`,
  status: 'matched',
  makingAmount: '2.55',
  takingAmount: '5',
  transactionsHashes: [`0x${'cd'.repeat(32)}`],
  tradeIDs: ['1'],
})
const KILLED = JSON.stringify({
  error: "order couldn't be fully filled. FOK orders are fully filled or killed.",
})

function answerTo(method, path, head) {
  if (method === 'POST') return head.includes('lastsecond/') ? [400, KILLED] : [200, MATCHED]
  const [place, query = ''] = path.split('?')
  const parts = place.split('/')
  if (parts[1] === 'version') return [200, '{"version":2}']
  if (parts[1] === 'markets-by-token') {
    const market = marketOf(Number(parts[2].slice(70, 76)))
    return [200, JSON.stringify({ condition_id: market.conditionId })]
  }
  if (parts[1] === 'clob-markets') {
    const { up, down } = marketOf(Number.parseInt(parts[2], 16))
    const t = [
      { t: up, o: 'Up' },
      { t: down, o: 'Down' },
    ]
    return [200, JSON.stringify({ t, mts: 0.01, nr: false, fd: { r: 0.07, e: 1 } })]
  }
  if (parts[1] === 'book') {
    const token = query.split('token_id=')[1]
    return [200, bookText(marketOf(Number(token.slice(70, 76))), token)]
  }
  return [200, '"OK"']
}

/** Just enough HTTP: whole requests with a length, one after the other. */
function serve(socket) {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  let rest = ''
  let beganAt = 0
  socket.on('data', (piece) => {
    if (rest === '') beganAt = performance.now()
    rest += piece.toString('latin1')
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = rest.slice(0, end)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (rest.length < end + 4 + length) return
      const [method, path] = head.slice(0, head.indexOf('\r\n')).split(' ')
      count(/"tokenId":"(\d+)"|token_id=(\d+)/.exec(rest), method, beganAt)
      rest = rest.slice(end + 4 + length)
      const [status, body] = answerTo(method, path, head)
      socket.write(
        `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`,
      )
    }
  })
}

/** A late order of another shot is not this one's. */
function count(token, method, beganAt) {
  if (token === null) return
  const market = Number((token[1] ?? token[2]).slice(70, 76))
  requests.set(market, (requests.get(market) ?? 0) + 1)
  if (method === 'POST' && flight?.market === market) flight.firstByteAt ??= beganAt
}
const clob = secure ? createTls(pair, serve) : createTcp(serve)
const BODY_OF_NOBODY = `{"tokenId":"${marketOf(999_999).up}"}`.padEnd(900)
const ORDER_OF_NOBODY = Buffer.from(
  `POST /order HTTP/1.1\r\nUser-Agent: lastsecond/0\r\nContent-Length: ${BODY_OF_NOBODY.length}\r\n\r\n${BODY_OF_NOBODY}`,
)
let mirror = null

function openMirror(port) {
  mirror = secure
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connectTcp(port, '127.0.0.1')
  mirror.setNoDelay(true)
  mirror.on('data', () => undefined)
}

/** Until the moment, with what this end does at it done again and again. */
async function warmUntil(at) {
  let next = 0
  while (now() < at) {
    if (now() >= next && now() < at - WARM_EVERY_MS) {
      mirror.write(ORDER_OF_NOBODY)
      next = now() + WARM_EVERY_MS
    }
    await turn()
  }
}

/** One after the other, at their times; each with the requests that came between it and the next. */
async function shootAll({ shots, framesPerSecond }) {
  const results = []
  let upcoming = shots[0]
  let frames = 0
  const feed = setInterval(() => {
    if (flight !== null || upcoming === undefined || upcoming.at - now() < HUSH_MS) return
    send(marketOf(upcoming.market), deepChange(marketOf(upcoming.market), random))
    frames += 1
  }, 1_000 / framesPerSecond)
  const startedAt = performance.now()
  for (const [index, shot] of shots.entries()) {
    await pause(shot.at - now() - WARM_MS)
    const market = marketOf(shot.market)
    shot.ready = {
      frame: framed(triggerFrame(market)),
      to: (sockets.get(market.conditionId) ?? []).map((socket) => socket._socket),
    }
    await warmUntil(shot.at)
    if (now() - shot.at < TOO_LATE_MS) results.push(await shoot(shot))
    upcoming = shots[index + 1]
    await pause(RESET_AFTER_MS)
    send(marketOf(shot.market), resetFrame(marketOf(shot.market)))
    flight = null
  }
  clearInterval(feed)
  await pause(50)
  for (const result of results) result.requests = requests.get(result.market)
  requests.clear()
  const perSecond = (frames * 1_000) / (performance.now() - startedAt)
  return { results, framesPerSecond: Math.round(perSecond) }
}

async function shoot(shot) {
  const { frame, to } = shot.ready
  flight = { market: shot.market, firstByteAt: null }
  const waited = waitedMicros()
  const leftAt = performance.now()
  for (const socket of to) socket.write(frame)
  while (flight.firstByteAt === null && performance.now() - leftAt < GIVEN_UP_MS) await turn()
  const { firstByteAt } = flight
  return {
    way: shot.way,
    market: shot.market,
    micros: firstByteAt === null ? null : (firstByteAt - leftAt) * 1_000,
    waited: waitedMicros() - waited,
  }
}

/** How long this thread and the other side's were ready while others had the core, as Linux counts it; elsewhere nobody knows. */
function waitedMicros() {
  try {
    return (
      ['self', clientPid].reduce(
        (sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]),
        0,
      ) / 1_000
    )
  } catch {
    return 0
  }
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve))
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}

process.on('message', (plan) => {
  clientPid = plan.clientPid
  shootAll(plan).then((told) => process.send(told))
})
process.on('disconnect', () => process.exit(0))
channel.listen(0, '127.0.0.1', () =>
  clob.listen(0, '127.0.0.1', () => {
    openMirror(clob.address().port)
    process.send({ channel: channel.address().port, clob: clob.address().port })
  }),
)
