/** From the frame that decides, leaving the venue, to the first byte of our order there: one clock, the venue's. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { percentiles, ratios } from './support/stats.mjs'

const RIVALS = { given: 1, default: 2, presigned: 3 }
const FIRST_WINDOW = 100
/** Windows are listed, their books loaded and their orders signed in this time before the first shot of a block. */
const LEAD_MS = 2_000
/** Windows that are open together. */
const BLOCK = 30
const HOT = { everyMs: 20, framesPerSecond: 200 }
const QUIET = { everyMs: 400, framesPerSecond: 50 }

export async function bench({ quick }) {
  const all = ['ours', 'given', 'inline', 'presigned', 'default']
  const few = ['ours', 'given', 'default', 'inline']
  const plain = await race('plain', [
    { ...HOT, ways: all, shots: quick ? 40 : 400 },
    { ...QUIET, ways: few, shots: quick ? 6 : 60 },
  ])
  const tls = await race('tls', [
    { ...HOT, ways: all, shots: quick ? 30 : 400 },
    { ...QUIET, ways: few, shots: quick ? 4 : 40 },
  ])
  return { plain, tls }
}

/** Its own pair of processes for each kind of connection. */
async function race(kind, paces) {
  const peer = start('wire-peer', [kind])
  const ports = await peer.next()
  const s = kind === 'tls' ? 's' : ''
  const client = start('wire-client', [
    `ws${s}://127.0.0.1:${ports.channel}`,
    `http${s}://127.0.0.1:${ports.clob}`,
    JSON.stringify(RIVALS),
  ])
  await client.next()
  const state = { peer, client, market: FIRST_WINDOW }
  await run(state, { ...HOT, ways: paces[0].ways, shots: 20 })
  const measured = []
  for (const pace of paces) measured.push(await run(state, pace))
  for (const child of [client, peer]) await child.stop()
  return measured
}

async function run(state, { everyMs, framesPerSecond, ways, shots }) {
  const values = Object.fromEntries(ways.map((way) => [way, []]))
  const requests = Object.fromEntries(ways.map((way) => [way, new Set()]))
  for (let done = 0; done < shots; done += BLOCK) {
    const plan = planOf(state, ways, Math.min(BLOCK, shots - done), everyMs)
    state.client.send({ kind: 'list', windows: plan.filter(({ ours }) => ours) })
    state.peer.send({ shots: plan, framesPerSecond })
    const told = await state.peer.next()
    if (process.env.DEBUG) {
      console.log(told.framesPerSecond, told.results.map((r) => r.way + ' ' + r.market + ' ' + r.micros?.toFixed(0) + ' ' + r.requests).join('\n'))
      state.client.send({ kind: 'report' })
      console.log(JSON.stringify(await state.client.next(), null, 1).slice(0, 3000))
    }
    for (const { way, micros, requests: count } of told.results) {
      if (micros === null) throw new Error(`no order came of a shot of ${way}`)
      values[way].push(micros)
      requests[way].add(count)
    }
    state.client.send({ kind: 'report' })
    check(await state.client.next(), plan)
  }
  return { values, requests }
}

function planOf(state, ways, rounds, everyMs) {
  const first = performance.timeOrigin + performance.now() + LEAD_MS
  return Array.from({ length: rounds * ways.length }, (_, n) => {
    const way = ways[n % ways.length]
    const ours = RIVALS[way] === undefined
    if (ours) state.market += 1
    return { way, ours, market: ours ? state.market : RIVALS[way], at: first + n * everyMs }
  })
}

/** Ours went the way that the row says, and nothing was wrong meanwhile. */
function check({ shots, complaints }, plan) {
  const expected = plan.filter(({ ours }) => ours)
  const inline = expected.filter(({ way }) => way === 'inline').length
  const signed = shots.filter((shot) => shot.signed === 'inline').length
  const lost = shots.filter(({ answer }) => answer !== 'answer').length
  if (shots.length !== expected.length || signed !== inline || lost > 0)
    throw new Error(
      `of ${expected.length} shots of ours ${shots.length} came, ${signed} instead of ${inline} signed at the trigger, ${lost} lost: ${JSON.stringify(complaints.slice(0, 3))}`,
    )
}

function start(name, args) {
  const child = fork(fileURLToPath(new URL(`./support/${name}.mjs`, import.meta.url)), args, {
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: fileURLToPath(
        new URL('../test/fixtures/tls/localhost-cert.pem', import.meta.url),
      ),
    },
    execArgv: [],
  })
  const waiting = []
  const heard = []
  child.on('message', (message) => {
    const next = waiting.shift()
    if (next === undefined) heard.push(message)
    else next.resolve(message)
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting) reject(new Error(`${name} ended with ${code}`))
  })
  return {
    send: (message) => child.send(message),
    next: () =>
      heard.length > 0
        ? Promise.resolve(heard.shift())
        : new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.disconnect()
      return ended
    },
  }
}
export { percentiles, ratios }
