/** Connects the market channel for a while and says what came: rates, ages, gaps, losses. */
import { loadConfig } from '../../config/load.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Market } from '../../domain/market.ts'
import type { Log } from '../../domain/ports.ts'
import { UserError } from '../../domain/user-error.ts'
import { venueParts } from '../bot-setup.ts'
import { textTable } from '../text-table.ts'
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
    const heard = new Map<string, Heard>()
    const parts = venueParts(
      config,
      venue.endpoints,
      log,
    )(
      (event) => hear(heard, event),
      () => parts.clock.venueNow(),
    )
    try {
      await parts.clock.start()
      const { listed } = await parts.finder.pollNow()
      if (listed.length === 0)
        throw new UserError('general', 'no window was found, so there is nothing to listen to')
      for (const market of listed) expect(heard, market)
      for (const feed of config.prices.feeds) {
        for (const asset of config.assets) listen(heard, `${feed} ${asset}`, `${feed} ${asset}`)
      }
      for (const feed of parts.feeds) feed.start()
      const listeners = listed.flatMap((market) => [
        parts.books.listen(market, 'UP'),
        parts.books.listen(market, 'DOWN'),
      ])
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
      for (const listener of listeners) await listener.close()
      for (const feed of parts.feeds) await feed.close()
      const { counts, connects, losses } = parts.books.stats()
      const rows = [...heard.values()]
      if (args.json)
        print(JSON.stringify({ seconds, feeds: rows, frames: counts, connects, losses }))
      else {
        const now = Date.now()
        print(
          textTable(
            HEAD,
            rows.map((row) => [
              row.name,
              String(row.events),
              (row.events / seconds).toFixed(1),
              row.events === 0 ? '-' : String(now - row.lastAt),
              String(row.longestGap),
            ]),
          ),
        )
        print(
          `frames ${counts.frames}, unknown ${counts.unknown}, failed ${counts.failed}, connections ${connects}, losses ${losses}`,
        )
      }
      return rows.some((row) => row.events > 0) ? EXIT.ok : EXIT.general
    } finally {
      parts.clock.stop()
      await parts.finder.stop()
      await venue.stop()
    }
  },
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

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => say(message),
  error: (message, data) =>
    say(`${message}: ${data?.['error'] instanceof Error ? data['error'].message : ''}`),
}
