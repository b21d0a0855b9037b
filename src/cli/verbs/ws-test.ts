/** Connects the market channel for a while and says what came: rates, ages, gaps, losses. */
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Market } from '../../domain/market.ts'
import { UserError } from '../../domain/user-error.ts'
import { nowMicros } from '../../net/clock.ts'
import type { Endpoints } from '../../venues/polymarket/endpoints.ts'
import { type RealVenueParts, venueParts } from '../bot-setup.ts'
import { type CrossCheck, createCrossChecks, crossCheckText } from '../cross-checks.ts'
import { textTable } from '../text-table.ts'
import {
  CLOCK_TIMEOUT_MS,
  hearTrouble,
  type Trouble,
  WINDOWS_TIMEOUT_MS,
  within,
} from '../venue-answers.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const HEAD = ['FEED', 'EVENTS', 'PER SECOND', 'AGE MS', 'LONGEST GAP MS']

type Heard = { readonly name: string; events: number; lastAt: number; longestGap: number }

export const wsTest: Verb = {
  command: 'ws-test',
  describe: 'connect every feed for some seconds: rate, age, gaps',
  build: (argv) =>
    argv
      .option('seconds', { type: 'number', default: 10, describe: 'how long' })
      .option('venue', { type: 'string', describe: 'local (embedded) or polymarket' })
      .option('venue-json', {
        type: 'string',
        describe: 'file with the JSON line of an embedded venue that runs already',
      }),
  async run(args) {
    const seconds = args['seconds'] as number
    if (!(seconds > 0 && seconds <= 3_600))
      throw new UserError('usage', '--seconds must be more than 0 and at most 3600')
    const flags = { venue: args['venue'] as string | undefined }
    const { config } = loadConfig({
      config: args.config,
      profile: args.profile,
      logLevel: args.logLevel,
      flags,
    })
    const venue = await openVenue({
      venue: config.venue,
      venueJson: args['venue-json'] as string | undefined,
      childFlags: ['--profile', 'demo'],
    })
    try {
      const heard = await listened(config, venue.endpoints, seconds)
      if (args.json) print(JSON.stringify({ seconds, ...heard }))
      else print(told(heard, seconds))
      return heard.feeds.some((row) => row.events > 0) ? EXIT.ok : EXIT.general
    } finally {
      await venue.stop()
    }
  },
}

type Listened = {
  readonly feeds: readonly Heard[]
  readonly frames: ReturnType<RealVenueParts['books']['stats']>['counts']
  readonly connects: number
  readonly losses: number
  readonly crossChecks: readonly CrossCheck[]
}

async function listened(config: Config, endpoints: Endpoints, seconds: number): Promise<Listened> {
  const heard = new Map<string, Heard>()
  const trouble = hearTrouble()
  const checks = createCrossChecks()
  const parts: RealVenueParts = venueParts(config, endpoints, trouble.log, {
    credentials: null,
    withStandby: true,
  })(
    (event) => {
      hear(heard, event)
      checks.emit(event)
    },
    () => parts.clock.venueNow(),
  )
  try {
    const listed = await windows(parts, endpoints, trouble)
    for (const market of listed) expect(heard, market)
    for (const feed of [...config.prices.settlement, ...config.prices.spot]) {
      for (const asset of config.assets) listen(heard, `${feed} ${asset}`, `${feed} ${asset}`)
    }
    for (const feed of parts.feeds) feed.start()
    checks.ask(listed, parts.clock.venueNow(), parts.finder.askStrike)
    const listeners = listed.flatMap((market) => [
      parts.books.listen(market, 'UP'),
      parts.books.listen(market, 'DOWN'),
    ])
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
    for (const listener of listeners) await listener.close()
    for (const feed of parts.feeds) await feed.close()
    const { counts, connects, losses } = parts.books.stats()
    const crossChecks = checks.list(nowMicros(), parts.clock.venueNow())
    return { feeds: [...heard.values()], frames: counts, connects, losses, crossChecks }
  } finally {
    parts.clock.stop()
    await parts.finder.stop()
  }
}

async function windows(
  { clock, finder }: RealVenueParts,
  { clob, gamma }: Endpoints,
  trouble: Trouble,
): Promise<readonly Market[]> {
  await within(clock.start(), CLOCK_TIMEOUT_MS, `${clob} did not tell its time`, trouble)
  const { listed, problems } = await within(
    finder.pollNow(),
    WINDOWS_TIMEOUT_MS,
    `${gamma} did not list its windows`,
    trouble,
  )
  if (listed.length > 0) return listed
  const why = problems.length === 0 ? '' : ` (${problems.join('; ')})`
  throw new UserError('general', `no window was found, so there is nothing to listen to${why}`)
}

function told({ feeds, frames, connects, losses, crossChecks }: Listened, seconds: number): string {
  const now = Date.now()
  const rows = feeds.map((row) => [
    row.name,
    String(row.events),
    (row.events / seconds).toFixed(1),
    row.events === 0 ? '-' : String(now - row.lastAt),
    String(row.longestGap),
  ])
  const checks = crossChecks.map((one) => `\n${one.slug} ${one.from}: ${crossCheckText(one)}`)
  return `${textTable(HEAD, rows)}
frames ${frames.frames}, unknown ${frames.unknown}, failed ${frames.failed}, connections ${connects}, losses ${losses}${checks.join('')}`
}

function expect(heard: Map<string, Heard>, market: Market): void {
  for (const [side, token] of [
    ['YES', market.up],
    ['NO', market.down],
  ] as const) {
    listen(heard, token, `${market.slug} ${side}`)
  }
}

function listen(heard: Map<string, Heard>, key: string, name: string): void {
  heard.set(key, { name, events: 0, lastAt: Date.now(), longestGap: 0 })
}

function hear(heard: Map<string, Heard>, event: EngineEvent): void {
  if (event.kind === 'feed' && event.state !== 'open')
    say(`${event.feed} ${event.state}: ${event.detail}`)
  const key =
    event.kind === 'price_tick'
      ? `${event.feed} ${event.asset}`
      : 'token' in event
        ? event.token
        : ''
  const feed = heard.get(key)
  if (feed === undefined) return
  const now = Date.now()
  feed.longestGap = Math.max(feed.longestGap, now - feed.lastAt)
  feed.lastAt = now
  feed.events += 1
}
