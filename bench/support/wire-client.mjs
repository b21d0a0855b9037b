// A process of its own: both sides of the race on one loop, so that whatever the machine or the loop does meanwhile it does to both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOurs, WALLET } from './wire-ours.mjs'
import { startRivals } from './wire-rival.mjs'

const [channel, clob, rivalMarkets] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'lastsecond-wire-'))
const shared = {
  channel,
  clob,
  folder,
  ...WALLET,
}
const rivals = await startRivals({ ...shared, markets: JSON.parse(rivalMarkets) })
const ours = await startOurs(shared)
while (!ours.wireReady()) await new Promise((resolve) => setTimeout(resolve, 10))

process.on('message', async (message) => {
  if (message.kind === 'list') ours.list(message.windows)
  if (message.kind === 'report') {
    process.send({
      shots: ours.shots.map(({ signed, slug, decidedAt, answer }) => ({
        signed,
        slug,
        answer: answer.kind,
        inside: answer.wroteAt - decidedAt,
      })),
      complaints: ours.complaints,
    })
    ours.shots.length = 0
    ours.complaints.length = 0
  }
})
process.on('disconnect', async () => {
  setTimeout(() => process.exit(1), 5_000).unref()
  rivals.close()
  await ours.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
process.send({ ready: true })
