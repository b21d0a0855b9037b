/** From the frame that decides, leaving the venue, to the first byte of our order there: one clock, the venue's. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { percentiles, ratios } from './support/stats.mjs'
import { marketOf } from './support/wire-frames.mjs'

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
    const rounds = Math.min(BLOCK, shots - done)
    const plan = planOf(state, ways, rounds, everyMs)
    state.client.send({ kind: 'list', windows: plan.filter(({ ours }) => ours) })
    state.peer.send({ shots: plan, framesPerSecond, clientPid: state.client.pid })
    const told = await state.peer.next()
    state.client.send({ kind: 'report' })
    const report = await state.client.next()
    if (process.env.DEBUG) {
      console.log(
        told.framesPerSecond,
        told.results
          .map((r) => `${r.way} ${r.market} ${r.micros?.toFixed(0)} ${r.requests}`)
          .join('\n'),
      )
      console.log(
        JSON.stringify(report.complaints.filter((c) => !/signs for itself/.test(c.error))).slice(
          0,
          3000,
        ),
        '\n',
        JSON.stringify(report.state).slice(0, 4000),
      )
    }
    const known = new Map(report.shots.map((shot) => [shot.slug, shot]))
    for (const { way, market, micros, waited, requests: count } of told.results) {
      if (micros === null) throw new Error(`no order came of a shot of ${way}`)
      const isRival = RIVALS[way] !== undefined
      requests[way].add(isRival ? count / rounds : count)
      // Of a window whose orders were not ready in time the order was signed at the trigger, on a machine that is busy enough.
      const shot = isRival ? undefined : known.get(slugOf(market))
      const went = shot === undefined || shot.signed === 'ahead' ? way : 'inline'
      values[went].push({ micros, waited, inside: shot?.inside })
    }
    check(report, told.results)
  }
  return { values, requests }
}

function slugOf(market) {
  return marketOf(market).slug
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

/** Every order of ours was answered, and nothing but what was meant was complained of. */
function check({ shots, complaints }, results) {
  const expected = results.filter(({ way }) => RIVALS[way] === undefined).length
  const answered = shots.filter(({ answer }) => answer === 'answer').length
  const others = complaints.filter(({ error }) => !error.includes('signs for itself'))
  if (answered !== expected || others.length > 0)
    throw new Error(
      `of ${expected} orders of ours ${answered} were answered; ${JSON.stringify(others.slice(0, 3))}`,
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
    pid: child.pid,
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
