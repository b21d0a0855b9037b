// A live bot without the five seconds before it, so that a test can end and start it many times: child.mjs CONFIG VENUE_JSON [TAPE]. BOT_PROFILE and BOT_DRY
// do what --profile does, and what leaving --live out does.
import { session } from '../../dist/cli/session.js'
import { loadConfig } from '../../dist/config/load.js'

const [config, venueJson, tape] = process.argv.slice(2)
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const loaded = loadConfig({
  config,
  profile: process.env['BOT_PROFILE'],
  logLevel: undefined,
  flags: { venue: 'local' },
})
process.exitCode = await session(
  { json: true, live: process.env['BOT_DRY'] === undefined, once: false, venueJson, tape },
  loaded,
  stop,
)
