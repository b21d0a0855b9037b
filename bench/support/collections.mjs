// A process of its own, for its flags: hears frames for a number of windows and says in how many garbage was collected near the end.
import { PerformanceObserver } from 'node:perf_hooks'
import { aimAtEach } from './aimed.mjs'
import { listen } from './listen.mjs'

const [port, windows, windowSec] = process.argv.slice(2, 5).map(Number)
const isAimed = process.argv[5] === 'aimed'
/** The part of a window in which a pause would hurt: a second before the instant to a fifth of a second after it. */
const [BEFORE_MS, AFTER_MS] = [1_000, 200]

const pauses = []
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) pauses.push({ startTime, duration })
})
observer.observe({ entryTypes: ['gc'] })

const load = await listen(port)
await pause(2_000)
const start = performance.now()
const instants = Array.from({ length: windows }, (_, n) => start + (n + 1) * windowSec * 1_000)
const end = (instants.at(-1) ?? start) + AFTER_MS
const aimed = isAimed ? await aimAtEach(instants.map((at) => performance.timeOrigin + at)) : null
await pause(end - start)
// The observer tells a moment later.
await pause(200)
observer.disconnect()
load.close()
await aimed?.close()

const seen = pauses.filter(({ startTime }) => startTime >= start && startTime <= end)
const hurt = instants.filter((instant) =>
  seen.some(({ startTime, duration }) => {
    return startTime + duration >= instant - BEFORE_MS && startTime <= instant + AFTER_MS
  }),
)
const longest = Math.max(0, ...seen.map(({ duration }) => duration)) * 1_000
process.stdout.write(
  `${JSON.stringify({ share: hurt.length / windows, collections: seen.length, longest })}\n`,
)

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
