/** From the frame that decides, leaving the venue, to the first byte of our order there: one clock, the venue's. */
import { execFileSync, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { percentiles, ratios } from './support/stats.mjs'
import { marketOf } from './support/wire-frames.mjs'

const RIVALS = { given: 1, default: 2, presigned: 3 }
const FIRST_WINDOW = 100
/** Windows are listed, their books loaded and their orders signed in this time before the first shot of a block. */
let leadMs = 2_000
/** Windows that are open together. */
const BLOCK = 30
const HOT = { everyMs: 20, framesPerSecond: 200 }
const QUIET = { everyMs: 400, framesPerSecond: 50 }

const NAMES = {
  ours: 'signed ahead',
  inline: 'signed at the trigger',
  given: 'official client warm, price, tick size, negRisk and version given',
  default: 'official client warm, its default call (price omitted)',
  presigned: 'official client, postOrder of a pre-signed order',
}
/** As the bot is started; the rival, on the same loop, has it as well. */
const YOUNG = ['--min-semi-space-size=64', '--max-semi-space-size=64']
/** Shots in which neither process waited longer than this for a core that others had. */
const UNDISTURBED_MICROS = 100

export async function bench({ quick, tiny = false }) {
  const hotWays = ['ours', 'given', 'inline', 'presigned', 'default']
  const quietWays = quick ? ['ours', 'given'] : ['ours', 'given', 'default']
  leadMs = tiny ? 4_000 : quick ? 1_200 : 2_000
  const paces = (hot, quiet) => [
    { ...HOT, ways: hotWays, shots: hot },
    { ...QUIET, ways: quietWays, shots: quiet },
  ]
  const warmUp = tiny ? 1 : 10
  const plain = await race(
    'plain',
    tiny ? paces(2, 1) : quick ? paces(30, 3) : paces(300, 40),
    warmUp,
  )
  const tls = await race('tls', tiny ? paces(2, 1) : quick ? paces(15, 2) : paces(300, 40), warmUp)
  const ladders = await laddered(tiny ? 1 : quick ? 2 : 30)
  const ours = micros(plain.hot.values.ours)
  const rival = micros(plain.hot.values.given)
  return {
    bench: 'wire',
    unit: 'us',
    ours,
    rival: { name: NAMES.given, ...rival },
    ratio: ratios(ours, rival),
    rows: [
      ...rowsOf('plain', plain),
      ...rowsOf('TLS', tls),
      requestsRow([plain, tls]),
      ...ladderRows(ladders),
    ],
  }
}

function rowsOf(kind, { hot, quiet }) {
  const when = {
    hot: `${kind}, a shot every ${HOT.everyMs} ms, ${HOT.framesPerSecond} frames/s`,
    quiet: `${kind}, ${QUIET.everyMs} ms of quiet between shots, ${QUIET.framesPerSecond} frames/s`,
  }
  const pairs = [
    ['ours', 'given'],
    ['ours', 'default'],
    ['ours', 'presigned'],
    ['inline', 'given'],
  ]
  const rows = Object.entries({ hot, quiet }).flatMap(([pace, { values }]) =>
    pairs
      .filter(([mine, theirs]) => values[mine]?.length > 0 && values[theirs] !== undefined)
      .flatMap(([mine, theirs]) => [
        against(when[pace], mine, theirs, values[mine], values[theirs]),
        against(
          `${when[pace]}; both processes had their cores`,
          mine,
          theirs,
          values[mine].filter(undisturbed),
          values[theirs].filter(undisturbed),
        ),
      ]),
  )
  const [calm, busy] = [micros(quiet.values.ours), micros(hot.values.ours)]
  return [
    ...rows,
    {
      row: `${kind}: after quiet, against hot, both ours`,
      unit: 'us',
      ours: calm,
      rival: { name: 'ours, hot', ...busy },
      ratio: ratios(calm, busy),
    },
  ]
}

function against(row, mine, theirs, ours, rival) {
  const [a, b] = [micros(ours), micros(rival)]
  return {
    row: `${row}; ${NAMES[mine]}`,
    unit: 'us',
    ours: { ...a, shots: ours.length, inside: micros(ours, 'inside').p50 },
    rival: { name: NAMES[theirs], ...b, shots: rival.length },
    ratio: ours.length > 0 && rival.length > 0 ? ratios(a, b) : null,
  }
}

function requestsRow(races) {
  const counts = (way) => {
    const all = races.flatMap(({ hot, quiet }) =>
      [hot, quiet].flatMap(({ requests }) => [...(requests[way] ?? [])]),
    )
    return { fewest: Math.min(...all), most: Math.max(...all) }
  }
  const ours = counts('ours')
  if (ours.fewest !== 1 || ours.most !== 1 || counts('inline').most !== 1)
    throw new Error(`a decision caused ${ours.fewest} to ${ours.most} requests, not one`)
  return {
    row: 'requests caused by one decision, counted at the venue',
    unit: 'requests',
    ours: { ...ours, signedAtTheTrigger: counts('inline').most },
    rival: { name: NAMES.given, ...counts('given'), defaultCall: counts('default').most },
  }
}

function ladderRows({ results, rival }) {
  const ours = percentiles(results.map(({ stall }) => stall))
  const theirs = percentiles(rival)
  return [
    {
      row: '200 orders made ready: the longest time in which the loop did not turn',
      unit: 'us',
      ours: { ...ours, ladders: results.length },
      rival: { name: 'viem, on the loop', ...theirs, ladders: rival.length },
      ratio: ratios(ours, theirs),
    },
    {
      row: '200 orders made ready, from the wish to the disk',
      unit: 'us',
      ours: percentiles(results.map((one) => one.micros)),
      rival: null,
    },
  ]
}

async function laddered(rounds) {
  const child = start(new URL('./support/wire-ladder.mjs', import.meta.url), [String(rounds)])
  const told = await child.next()
  await child.ended
  return told
}

function micros(shots, key = 'micros') {
  return percentiles(shots.map((shot) => shot[key]))
}

function undisturbed({ waited }) {
  return waited < UNDISTURBED_MICROS
}

/** Its own pair of processes for each kind of connection. */
async function race(kind, paces, warmUp) {
  const peer = start(new URL('./support/wire-peer.mjs', import.meta.url), [kind])
  const ports = await peer.next()
  keepOn(1, peer.pid)
  const s = kind === 'tls' ? 's' : ''
  const client = start(new URL('./support/wire-client.mjs', import.meta.url), [
    `ws${s}://127.0.0.1:${ports.channel}`,
    `http${s}://127.0.0.1:${ports.clob}`,
    JSON.stringify(RIVALS),
  ])
  await client.next()
  keepOn(0, client.pid)
  const state = { peer, client, market: FIRST_WINDOW }
  await run(state, { ...HOT, ways: paces[0].ways, shots: warmUp })
  const [hot, quiet] = [await run(state, paces[0]), await run(state, paces[1])]
  for (const child of [client, peer]) await child.stop()
  return { hot, quiet }
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
    const known = new Map(report.shots.map((shot) => [shot.slug, shot]))
    for (const { way, market, micros, waited, requests: count } of told.results) {
      if (micros === null) throw new Error(`no order came of a shot of ${way}`)
      const isRival = RIVALS[way] !== undefined
      requests[way].add(isRival ? count / rounds : count)
      // Of a window whose orders were not ready in time the order was signed at the trigger, on a machine that is busy enough.
      const shot = isRival ? undefined : known.get(slugOf(market))
      const went = shot === undefined || shot.signed === 'ahead' ? way : 'inline'
      values[went]?.push({ micros, waited, inside: shot?.inside })
    }
    check(report, told.results)
  }
  return { values, requests }
}

function slugOf(market) {
  return marketOf(market).slug
}

function planOf(state, ways, rounds, everyMs) {
  const first = performance.timeOrigin + performance.now() + leadMs
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

/**
 * The peer polls, and whom it wakes may be put behind it on its own core for 4 ms while the other core is idle. The venue is another machine;
 * here it is another core. Threads beside the two loops go where they like.
 */
function keepOn(core, pid) {
  if (process.platform !== 'linux' || availableParallelism() < 2) return
  try {
    execFileSync('taskset', ['-cp', String(core), String(pid)], { stdio: 'ignore' })
  } catch {
    // Without `taskset`, or where it is forbidden, the kernel places them.
  }
}

function start(file, args) {
  const child = fork(fileURLToPath(file), args, {
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: fileURLToPath(
        new URL('../test/fixtures/tls/localhost-cert.pem', import.meta.url),
      ),
    },
    execArgv: YOUNG,
  })
  const waiting = []
  const heard = []
  child.on('message', (message) => {
    const next = waiting.shift()
    if (next === undefined) heard.push(message)
    else next.resolve(message)
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0))
      reject(new Error(`${file.pathname} ended with ${code}`))
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    pid: child.pid,
    ended,
    send: (message) => child.send(message),
    next: () =>
      heard.length > 0
        ? Promise.resolve(heard.shift())
        : new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    stop() {
      child.disconnect()
      return ended
    },
  }
}
