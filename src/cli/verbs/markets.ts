/** One look at the venue: the windows that the bot would take up now, and why the others are not listed. Needs no key. */
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { UserError } from '../../domain/user-error.ts'
import type { Endpoints } from '../../venues/polymarket/endpoints.ts'
import { type RealVenueParts, venueParts } from '../bot-setup.ts'
import { marketObjects, marketTable, type Survey } from '../market-rows.ts'
import { CLOCK_TIMEOUT_MS, hearTrouble, within } from '../venue-answers.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

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
    const venue = await openVenue({
      venue: config.venue,
      venueJson: text('venue-json'),
      childFlags: [],
    })
    try {
      const survey = await surveyMarkets(config, venue.endpoints)
      if (args.json) for (const row of marketObjects(survey)) print(JSON.stringify(row))
      else if (survey.listed.length + survey.refused.length > 0) print(marketTable(survey))
      if (survey.listed.length === 0) {
        const minutes = config.discovery.maxMinutesAhead
        say(`no window of the asked series closes within ${minutes} minutes`)
      }
      return EXIT.ok
    } finally {
      await venue.stop()
    }
  },
}

async function surveyMarkets(config: Config, endpoints: Endpoints): Promise<Survey> {
  const hearNothing = () => undefined
  // The answer itself says what was found.
  const trouble = hearTrouble()
  const { clock, finder }: RealVenueParts = venueParts(
    config,
    endpoints,
    trouble.log,
  )(hearNothing, () => clock.venueNow())
  try {
    await within(
      clock.start(),
      CLOCK_TIMEOUT_MS,
      `${endpoints.clob} did not tell its time`,
      trouble,
    )
    const { listed, refused, problems } = await finder.pollNow()
    if (listed.length === 0 && problems.length > 0) {
      throw new UserError('general', `the venue could not be asked: ${problems.join('; ')}`)
    }
    return { venueNow: clock.venueNow(), listed, refused }
  } finally {
    clock.stop()
    await finder.stop()
  }
}
