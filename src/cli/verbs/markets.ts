/** The windows that one poll finds, and those that it does not list, with the reason. */
import { loadConfig } from '../../config/load.ts'
import type { Log } from '../../domain/ports.ts'
import { formatMicro, formatPrice, microUsdc } from '../../domain/units.ts'
import { finderRecord } from '../../venues/polymarket/gamma-finder.ts'
import { venueParts } from '../bot-setup.ts'
import { textTable } from '../text-table.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const HEAD = [
  'WINDOW',
  'ENDS (ET)',
  'ENDS (UTC)',
  'MINUTES LEFT',
  'TICK',
  'FEE RATE',
  'UP TOKEN',
  'DOWN TOKEN',
  'DOUBT',
]

export const markets: Verb = {
  command: 'markets',
  describe: 'the windows that discovery finds right now',
  build: (argv) =>
    argv
      .option('asset', { type: 'string', describe: 'assets, for example btc,eth' })
      .option('interval', { type: 'string', describe: 'window lengths, for example 5m,15m' })
      .option('venue', { type: 'string', describe: 'local (embedded) or polymarket' })
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
    const venue = await openVenue({
      venue: config.venue,
      venueJson: text('venue-json'),
      childFlags: ['--profile', 'demo'],
    })
    const parts = venueParts(
      config,
      venue.endpoints,
      quiet,
    )(
      () => undefined,
      () => parts.clock.venueNow(),
    )
    try {
      await parts.clock.start()
      const { listed, refused } = await parts.finder.pollNow()
      const now = parts.clock.venueNow()
      if (args.json) {
        print(
          JSON.stringify({
            listed: listed.map((market) => ({ ...finderRecord(market, now), market })),
            refused,
          }),
        )
        return EXIT.ok
      }
      const rows = listed.map((market) => {
        const record = finderRecord(market, now)
        const short = (token: string): string => `${token.slice(0, 8)}...`
        const fee = formatMicro(microUsdc(market.fee.rateMicro))
        return [
          market.slug,
          String(record['end_time']),
          String(record['end_time_utc']),
          String(record['minutes_until_end']),
          formatPrice(market.tickSize),
          fee,
          short(market.up),
          short(market.down),
          market.mappingDoubt ?? '',
        ]
      })
      if (rows.length === 0) say('no window that ends soon enough was found')
      else print(textTable(HEAD, rows))
      for (const one of refused) if (!one.ok) say(`not listed: ${one.slug}: ${one.reason}`)
      return EXIT.ok
    } finally {
      parts.clock.stop()
      await parts.finder.stop()
      await venue.stop()
    }
  },
}

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, data) => say(`${message} ${JSON.stringify(data ?? {})}`),
  error: (message, data) =>
    say(`${message}: ${data?.['error'] instanceof Error ? data['error'].message : ''}`),
}
