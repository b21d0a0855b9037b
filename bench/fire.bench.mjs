/** How far from its instant a trigger comes while frames pour in, against setTimeout; and how often garbage is collected then. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nowMicros } from '../dist/net/clock.js'
import { createTimers } from '../dist/runtime/timers.js'
import { listen, startSender } from './support/listen.mjs'
import { percentiles, ratios } from './support/stats.mjs'

const BUSY_PER_SECOND = 5_000
const USUAL_PER_SECOND = 500
const WINDOW_SEC = 4
/** What is done before one window's last second shall not fall into that of the one before. */
const AIMED_SEC = 6
const LATE_MICROS = 100
const WAITED_MICROS = 200
const BIG_NURSERY = ['--min-semi-space-size=64', '--max-semi-space-size=64']
/** A process that makes little garbage is tidied up by V8 of its own accord, all at once. */
const STILL = [...BIG_NURSERY, '--no-memory-reducer']

export async function bench({ quick, tiny = false }) {
  const shots = await shootUnderLoad(tiny ? 3 : quick ? 60 : 400, tiny ? 20 : BUSY_PER_SECOND)
  const garbage = await collected(tiny ? 1 : quick ? 3 : 15)
  return {
    bench: 'fire',
    unit: 'us',
    ours: shots.ours,
    rival: { name: 'setTimeout, absolute error', ...shots.rival },
    ratio: ratios(shots.ours, shots.rival),
    rows: [...shots.rows, ...garbage],
  }
}

/** One shot of each after the other, so that whatever the machine does meanwhile it does to all. */
async function shootUnderLoad(count, wantedPerSecond) {
  const sender = await startSender(wantedPerSecond)
  const load = await listen(sender.port)
  const ways = { ours: ourWay(), rival: timeoutWay(Math.floor), ceil: timeoutWay(Math.ceil) }
  const shots = { ours: [], rival: [], ceil: [] }
  for (let call = 0; call < 20_000; call += 1) preciseMicros()
  await pause(1_000)
  const before = { frames: load.frames(), at: performance.now() }
  for (let shot = -5; shot < count; shot += 1) {
    for (const [name, shoot] of Object.entries(ways)) {
      const wanted = nowMicros() + 15_000 + Math.floor(Math.random() * 20_000)
      const waited = waitedMicros()
      const error = (await shoot(wanted)) - wanted
      if (shot >= 0) shots[name].push({ error, waited: waitedMicros() - waited })
    }
  }
  const perSecond = ((load.frames() - before.frames) * 1_000) / (performance.now() - before.at)
  load.close()
  sender.stop()
  if (perSecond < wantedPerSecond * 0.9) throw new Error(`only ${perSecond} frames/s came`)
  if (early(shots.ours) > 0) throw new Error(`${early(shots.ours)} triggers came early`)
  return {
    ours: absolute(shots.ours),
    rival: absolute(shots.rival),
    rows: shotRows(shots, Math.round(perSecond)),
  }
}

function shotRows({ ours, rival, ceil }, framesPerSecond) {
  const late = ours.filter(({ error }) => error > LATE_MICROS)
  return [
    against(`error of a shot, ${framesPerSecond} frames/s on the same loop`, ours, rival),
    against('the same', ours, ceil, 'setTimeout rounded up, absolute error'),
    against(
      `shots in which others kept the thread from its core for less than ${WAITED_MICROS} us in all`,
      ours.filter(undisturbed),
      rival.filter(undisturbed),
    ),
    {
      row: 'shots before their instant',
      unit: 'shots',
      shots: ours.length,
      ours: { early: early(ours) },
      rival: { name: 'setTimeout', early: early(rival), earlyWhenRoundedUp: early(ceil) },
    },
    {
      row: `ours more than ${LATE_MICROS} us late, and how many of them waited for a core that others had`,
      unit: 'shots',
      shots: ours.length,
      ours: {
        late: late.length,
        waitedForTheCore: late.filter(({ error, waited }) => waited > error / 2).length,
      },
      rival: null,
    },
  ]
}

function against(row, ours, rival, name = 'setTimeout, absolute error') {
  const [mine, theirs] = [absolute(ours), absolute(rival)]
  return {
    row,
    unit: 'us',
    ours: { ...mine, shots: ours.length },
    rival: { name, ...theirs, shots: rival.length },
    ratio: ratios(mine, theirs),
  }
}

function absolute(shots) {
  return percentiles(shots.map(({ error }) => Math.abs(error)))
}

function early(shots) {
  return shots.filter(({ error }) => error < 0).length
}

function undisturbed({ waited }) {
  return waited < WAITED_MICROS
}

/** The clock without its rounding to whole microseconds, which would hide up to one. */
const origin = performance.timeOrigin
function preciseMicros() {
  return (origin + performance.now()) * 1_000
}

/** How long this thread was ready and another had the core, as Linux counts it; elsewhere nobody knows. */
function waitedMicros() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1_000
  } catch {
    return 0
  }
}

function ourWay() {
  let hit = () => undefined
  const timers = createTimers(() => hit(preciseMicros()), nowMicros)
  return (at) =>
    new Promise((resolve) => {
      hit = resolve
      timers.wake({ kind: 'wake', purpose: 'trigger', conditionId: 'c', at })
    })
}

/** Node cuts a delay down to whole milliseconds anyway; here it is said. */
function timeoutWay(whole) {
  return (at) =>
    new Promise((resolve) => {
      setTimeout(() => resolve(preciseMicros()), whole((at - nowMicros()) / 1_000))
    })
}

/** Processes that differ in their flags alone hear the same sender at the same time. */
async function collected(windows) {
  const sender = await startSender(USUAL_PER_SECOND)
  const [ours, still, rival] = await Promise.all(
    [BIG_NURSERY, STILL, []].map((flags) => watched(flags, [sender.port, windows, WINDOW_SEC])),
  )
  // By itself, because it wants a core for itself.
  const aimed = await watched(BIG_NURSERY, [sender.port, windows, AIMED_SEC, 'aimed'])
  sender.stop()
  const span = `${windows} windows of ${WINDOW_SEC} s, ${USUAL_PER_SECOND} frames/s`
  const name = "Node's default heap"
  const rows = (mine, flags) => {
    const of = (key) => ({
      flags: flags.join(' '),
      ours: { [key]: mine[key] },
      rival: { name, [key]: rival[key] },
    })
    return [
      {
        row: `windows with a collection in [T-1 s, T+0.2 s], ${span}`,
        unit: 'share',
        ...of('share'),
      },
      { row: 'collections in all those windows', unit: 'collections', ...of('collections') },
      { row: 'longest pause of them', unit: 'us', ...of('longest') },
    ]
  }
  return [
    ...rows(ours, BIG_NURSERY),
    ...rows(still, STILL),
    {
      row: `windows with a collection in [T-1 s, T+0.2 s], of a bot with its orders ready, its loop awake and its shot rehearsed, ${windows} windows of ${AIMED_SEC} s`,
      unit: 'share',
      flags: BIG_NURSERY.join(' '),
      ours: { share: aimed.share },
      rival: { name, share: rival.share },
    },
  ]
}

async function watched(flags, words) {
  const child = spawn(
    process.execPath,
    [
      ...flags,
      fileURLToPath(new URL('./support/collections.mjs', import.meta.url)),
      ...words.map(String),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the watched process ended with ${code}`)
  return JSON.parse(text)
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
