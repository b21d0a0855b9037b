/** A venue that answers orders with a word about itself: the bot hears it, says it, and the engine holds the fire. */
import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { EngineEvent } from '../../src/domain/events.ts'
import { startLocalVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))

test.each([
  ['order-425', 'its matching engine restarts'],
  ['order-post-only', 'it takes only orders that rest'],
])('%s: %s', async (name, reason) => {
  const folder = mkdtempSync(join(tmpdir(), 'closed-'))
  const venue = await startLocalVenue({
    profile: 'demo',
    seed: 1,
    windowSec: 12,
    firstCloseSec: 15,
    resolutionDelayMs: 300,
  })
  const json = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(join(folder, 'venue.json'), JSON.stringify(json))
  writeFileSync(
    join(folder, 'bot.yaml'),
    [
      'assets: [btc, eth, sol, xrp]',
      'intervals: [5m, 15m]',
      'discovery: { minTimeToStartSec: 1, startBufferSec: 10, warmUpSec: 1, pollIntervalSec: 5, cleanUpSec: 1 }',
      'params: { fireAt: 4 }',
      'gates: { lateJoinSec: off, feedDivergenceMax: off, impactSigmas: off, bookWholeSec: off }',
      'control: { port: 0 }',
      `dataDir: ${folder}/data`,
      `log: { dir: ${folder}/log, marketDir: ${folder}/logs }`,
      '',
    ].join('\n'),
  )
  await fetch(`${venue.endpoints.control}/faults`, {
    method: 'POST',
    body: JSON.stringify({ name, probability: 1 }),
  })
  const tape = join(folder, 'tape.jsonl')
  const bot = fork(CHILD, [join(folder, 'bot.yaml'), join(folder, 'venue.json'), tape], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const closed = (): Extract<EngineEvent, { kind: 'venue_closed' }>[] =>
      existsSync(tape)
        ? readFileSync(tape, 'utf8')
            .split('\n')
            .filter((line) => line.includes('"venue_closed"') && line.endsWith('}'))
            .map((line) => JSON.parse(line))
        : []
    await until(() => closed().length > 0, 200)
    const over = new Promise((resolve) => bot.once('exit', resolve))
    bot.kill('SIGTERM')
    expect(await over).toBe(0)
    const [event] = closed()
    expect(event?.reason).toBe(reason)
    // As long as the venue said: a second.
    expect((event?.until ?? 0) - (event?.recvAt ?? 0)).toBe(1_000_000)
    expect(readFileSync(join(folder, 'log/trades.log'), 'utf8')).toContain(
      `the venue takes no orders for now: ${reason}`,
    )
  } finally {
    bot.kill('SIGKILL')
    await venue.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
})
