// The bot as it is in its last second: orders ready, connections reserved, the loop awake, the shot rehearsed; in windows whose shot never comes.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CLOSE_AFTER_MS, startOurs, WALLET } from './wire-ours.mjs'

/** The second before the close, as it is set by default. */
const FIRE_AT_SEC = 1

/** One window for each instant at which one closes, in milliseconds since 1970. */
export async function aimAtEach(closes) {
  const peer = fork(fileURLToPath(new URL('./wire-peer.mjs', import.meta.url)), ['plain'])
  const ports = await new Promise((resolve) => peer.once('message', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'lastsecond-aimed-'))
  const ours = await startOurs({
    channel: `ws://127.0.0.1:${ports.channel}`,
    clob: `http://127.0.0.1:${ports.clob}`,
    folder,
    ...WALLET,
    fireAtSec: FIRE_AT_SEC,
  })
  while (!ours.wireReady()) await new Promise((resolve) => setTimeout(resolve, 10))
  ours.list(closes.map((at, n) => ({ market: 100 + n, at: at - CLOSE_AFTER_MS, way: 'ours' })))
  return {
    async close() {
      const shots = ours.shots.length
      await ours.stop()
      peer.disconnect()
      rmSync(folder, { recursive: true, force: true })
      const [complaint] = ours.complaints
      if (shots > 0) throw new Error(`${shots} shots of windows that have none`)
      if (complaint !== undefined) throw new Error(JSON.stringify(complaint))
    },
  }
}
