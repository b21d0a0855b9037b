/** One look at the venue: the windows that the bot would take up now, and why the others are not listed. Needs no key. */
import { readFileSync } from 'node:fs'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import type { Log } from '../../domain/ports.ts'
import { UserError } from '../../domain/user-error.ts'
import { nowMicros } from '../../net/clock.ts'
import { createHttp } from '../../net/http.ts'
import { createClobReads } from '../../venues/polymarket/clob-reads.ts'
import { type Endpoints, PRODUCTION, parseVenueJson } from '../../venues/polymarket/endpoints.ts'
import { createGammaFinder } from '../../venues/polymarket/gamma-finder.ts'
import { createVenueClock } from '../../venues/polymarket/venue-clock.ts'
import { seriesOf, USER_AGENT } from '../bot-setup.ts'
import { marketObjects, marketTable, type Survey } from '../market-rows.ts'
import { startVenueChild } from '../venue-child.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const HTTP_TIMEOUT_MS = 5_000
const CLOCK_TIMEOUT_MS = 10_000

export const markets: Verb = {
  command: 'markets',
  describe: 'the windows that the venue has now, and why the others are not listed',
  build: (argv) =>
    argv
      .option('asset', { type: 'string', describe: 'assets, for example btc,eth' })
      .option('interval', { type: 'string', describe: 'window lengths, for example 5m,15m' })
      .option('venue', { type: 'string', describe: 'local (embedded, play money) or polymarket' })
      .option('venue-json', {
        type: 'string',
        describe: 'file with the JSON line of an embedded venue that runs already',
      }),
  async run(args) {
    const text = (name: string) => args[name] as string | undefined
    const flags = { assets: text('asset'), intervals: text('interval'), venue: text('venue') }
    const { config } = loadConfig({
      config: args.config,
      profile: args.profile,
      logLevel: args.logLevel,
      flags,
    })
    const venue = await openVenue(config, text('venueJson'))
    try {
      const survey = await surveyMarkets(config, venue.endpoints)
      if (args.json) for (const row of marketObjects(survey)) print(JSON.stringify(row))
      else if (survey.listed.length + survey.notListed.length > 0) print(marketTable(survey))
      if (survey.listed.length === 0) {
        const minutes = config.discovery.maxMinutesAhead
        say(`no window of the asked series closes within ${minutes} minutes`)
      }
      return EXIT.ok
    } finally {
      await venue.close()
    }
  },
}

type OpenVenue = { readonly endpoints: Endpoints; close(): Promise<void> }

async function openVenue(config: Config, file: string | undefined): Promise<OpenVenue> {
  if (file !== undefined) {
    return { endpoints: parseVenueJson(readVenueFile(file)), close: () => Promise.resolve() }
  }
  if (config.venue === 'polymarket') {
    return { endpoints: PRODUCTION, close: () => Promise.resolve() }
  }
  const child = await startVenueChild([])
  return { endpoints: parseVenueJson(child.line), close: child.stop }
}

function readVenueFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new UserError('usage', `--venue-json: the file ${file} cannot be read`)
  }
}

async function surveyMarkets(config: Config, endpoints: Endpoints): Promise<Survey> {
  const now = nowMicros
  const log = sayOnlyTrouble
  const http = createHttp({ userAgent: USER_AGENT, timeoutMs: HTTP_TIMEOUT_MS, now })
  const clob = createClobReads({ http, endpoints })
  const clock = createVenueClock({ http, clob, emit: () => undefined, now, log })
  const finder = createGammaFinder({
    http,
    clob,
    endpoints,
    emit: () => undefined,
    now,
    venueNow: clock.venueNow,
    log,
    random: Math.random,
    options: { series: seriesOf(config), maxMinutesAhead: config.discovery.maxMinutesAhead },
  })
  try {
    await withinTime(clock.start(), endpoints)
    await finder.pollNow()
    const { listed, notListed, problems } = finder.stats()
    if (listed.length === 0 && problems.length > 0) {
      throw new UserError('general', `the venue could not be asked: ${problems.join('; ')}`)
    }
    return { venueNow: clock.venueNow(), listed, notListed }
  } finally {
    clock.stop()
    await finder.stop()
  }
}

async function withinTime(started: Promise<void>, endpoints: Endpoints): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `${endpoints.clob} did not tell its time within ${CLOCK_TIMEOUT_MS / 1_000} s`
    timer = setTimeout(() => reject(new UserError('timeout', message)), CLOCK_TIMEOUT_MS)
  })
  try {
    await Promise.race([started, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The answer itself says what was found. */
const sayOnlyTrouble: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: trouble,
  error: trouble,
}

function trouble(message: string, data: Readonly<Record<string, unknown>> = {}): void {
  const reason = data['reason'] ?? data['reasons']
  say(reason === undefined ? message : `${message}: ${String(reason)}`)
}
