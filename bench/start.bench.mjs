/** From the start of the process to the first answered poll for windows, the embedded venue's start included. */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { percentiles } from './support/stats.mjs'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

export async function bench({ quick, tiny = false }) {
  const times = []
  for (let round = 0; round < (tiny ? 1 : quick ? 3 : 9); round += 1) times.push(await once())
  const ours = percentiles(times)
  return {
    bench: 'start',
    unit: 'us',
    ours,
    rival: null,
    ratio: null,
    rows: [{ row: 'process start -> first window found', unit: 'us', ours }],
  }
}

async function once() {
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [main, 'run'], {
    cwd: mkdtempSync(join(tmpdir(), 'start-')),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const micros = await new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (chunk.toString().includes('found '))
        resolve(Number(process.hrtime.bigint() - start) / 1_000)
    })
  })
  child.kill('SIGINT')
  await new Promise((resolve) => child.once('close', resolve))
  return micros
}
