/** Frames -> book on one core, from memory and through a socket, against a plain bot's way. A book that differs fails the bench. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { ours, oursByEvents, rival } from './support/books.mjs'
import { makeFrames } from './support/frames.mjs'
import { percentiles, ratios } from './support/stats.mjs'

export async function bench({ quick, tiny = false }) {
  const frames = makeFrames(tiny ? 2_000 : 20_000)
  const rounds = tiny ? 3 : quick ? 9 : 31
  const memory = fromMemory(frames, rounds)
  const total = tiny ? 10_000 : quick ? 1_000_000 : 2_000_000
  const socket = await throughSocket(total, quick ? 1 : 3)
  return {
    bench: 'ingest',
    unit: 'us',
    ours: { ...memory.ours, perSecond: 1e6 / memory.ours.p50 },
    rival: {
      name: 'toString + JSON.parse + array sorted after each change',
      ...memory.rival,
      perSecond: 1e6 / memory.rival.p50,
    },
    ratio: ratios(memory.ours, memory.rival),
    rows: [
      {
        row: 'bytes in memory -> book',
        unit: 'us per frame',
        ours: memory.ours,
        rival: memory.rival,
        ratio: ratios(memory.ours, memory.rival),
      },
      {
        row: 'bytes in memory -> engine events -> book',
        unit: 'us per frame',
        ours: memory.events,
        rival: memory.eventsRival,
        ratio: ratios(memory.events, memory.eventsRival),
      },
      { row: 'ws from another process -> book', ...socket },
    ],
  }
}

/** One after the other: what the code has learnt from one way in must not slow the other down. */
function fromMemory(frames, rounds) {
  const books = race(frames, rounds, ours())
  const events = race(frames, Math.ceil(rounds / 3), oursByEvents())
  return { ours: books.ours, rival: books.rival, events: events.ours, eventsRival: events.rival }
}

function race(frames, rounds, mine) {
  const sides = { ours: mine, rival: rival() }
  const times = { ours: [], rival: [] }
  for (let round = -3; round < rounds; round += 1) {
    for (const [name, side] of Object.entries(sides)) {
      const start = process.hrtime.bigint()
      for (const frame of frames) if (!side.feed(frame)) throw new Error(`${name} refused a frame`)
      const micros = Number(process.hrtime.bigint() - start) / 1_000
      if (round >= 0) times[name].push(micros / frames.length)
    }
    same(sides.ours.levels(), sides.rival.levels())
  }
  return { ours: percentiles(times.ours), rival: percentiles(times.rival) }
}

function same(a, b) {
  if (a.join() !== b.join()) throw new Error('the books differ')
}

async function throughSocket(total, rounds) {
  const rates = { ours: [], rival: [] }
  for (let round = 0; round < rounds; round += 1) {
    const [one, other] = [ours(), rival()]
    rates.ours.push(await flooded(total, one, true))
    rates.rival.push(await flooded(total, other, false))
    same(one.levels(), other.levels())
  }
  const best = { ours: percentiles(rates.ours).p50, rival: percentiles(rates.rival).p50 }
  return {
    unit: 'frames per second',
    ours: { perSecond: best.ours },
    rival: { name: 'ws as it comes + JSON.parse + sorted array', perSecond: best.rival },
    ratio: best.ours / best.rival,
  }
}

async function flooded(total, side, skipUTF8Validation) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./support/flood.mjs', import.meta.url)), String(total)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const port = await new Promise((resolve) =>
    child.stdout.once('data', (chunk) => resolve(Number(chunk.toString()))),
  )
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    perMessageDeflate: false,
    skipUTF8Validation,
  })
  let start = 0n
  let seen = 0
  await new Promise((resolve, reject) => {
    socket.on('open', () => socket.send('go'))
    socket.on('message', (frame) => {
      if (seen === 0) start = process.hrtime.bigint()
      seen += 1
      side.feed(frame)
    })
    socket.on('close', resolve)
    socket.on('error', reject)
  })
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  child.stdin.end()
  if (seen !== total) throw new Error(`${total - seen} frames were lost`)
  return total / seconds
}
