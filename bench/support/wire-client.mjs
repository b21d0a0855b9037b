// A process of its own: both sides of the race on one loop, so that whatever the machine or the loop does meanwhile it does to both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOurs } from './wire-ours.mjs'
import { startRivals } from './wire-rival.mjs'

const [channel, clob, rivalMarkets] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'lastsecond-wire-'))
const shared = {
  channel,
  clob,
  folder,
  privateKey: `0x${'7a'.repeat(32)}`,
  credentials: {
    apiKey: '0b6ad8a3-5a3c-4f7e-9f0a-1d2c3b4a5e6f',
    secret: Buffer.from('a secret of thirty-two bytes, ok').toString('base64'),
    passphrase: 'b'.repeat(64),
  },
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
