/** The whole way of a live order once, without risk: with play money on an embedded venue, or on Polymarket up to the order, which is not sent. */
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import type { Log } from '../../domain/ports.ts'
import { openPurse } from '../live-purse.ts'
import { ms } from '../path-checks.ts'
import { REHEARSAL_WORLD, rehearseOrder } from '../rehearse-order.ts'
import { rehearsePath, type Step } from '../rehearse-path.ts'
import { hearTrouble } from '../venue-answers.ts'
import { openVenue } from '../venue-endpoints.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const NAME_COLUMNS = 17
const TIME_COLUMNS = 11

export const rehearse: Verb = {
  command: 'rehearse',
  describe: 'the whole way of a live order once, with play money; on polymarket all but the order',
  build: (argv) =>
    argv
      .option('venue', { type: 'string', describe: 'local (embedded) or polymarket' })
      .option('venue-json', {
        type: 'string',
        describe:
          'file with the JSON line of an embedded venue that runs already; no order is sent',
      })
      .option('order', {
        type: 'boolean',
        default: true,
        describe:
          'fire one order at an embedded venue of its own; --no-order: everything before it',
      }),
  async run(args) {
    const flags = { venue: args['venue'] as string | undefined }
    const { config: file, profile, logLevel } = args
    const loaded = loadConfig({ config: file, profile, logLevel, flags })
    const venueJson = args['venue-json'] as string | undefined
    const isOwn = loaded.config.venue === 'local' && venueJson === undefined
    const steps: Step[] = []
    const tell = (step: string, detail: string, micros?: number): void => {
      const one = { step, detail, micros: micros ?? null }
      steps.push(one)
      if (!args.json) print(lineOf(one))
    }
    try {
      await play(loaded, venueJson, isOwn && args['order'] !== false, tell)
    } finally {
      if (args.json) print(JSON.stringify(steps))
    }
    return EXIT.ok
  },
}

async function play(
  loaded: LoadedConfig,
  venueJson: string | undefined,
  fires: boolean,
  tell: (step: string, detail: string, micros?: number) => void,
): Promise<void> {
  const childFlags = fires ? REHEARSAL_WORLD : ['--profile', 'demo']
  const venue = await openVenue({ venue: loaded.config.venue, venueJson, childFlags })
  try {
    const purse = await openPurse(loaded, venue.account)
    tell('key', `from ${purse.from}, address ${purse.address}`)
    await rehearsePath({ loaded, venue, purse, tell })
    if (fires) await rehearseOrder({ venue, purse, log: onlyTrouble(), tell })
  } finally {
    await venue.stop()
  }
}

/** Warnings and errors are for the person who watches. */
function onlyTrouble(): Log {
  return hearTrouble(say).log
}

function lineOf({ step, detail, micros }: Step): string {
  const time = micros === null ? '' : `${ms(micros)} ms`
  return `${step.padEnd(NAME_COLUMNS)}${time.padStart(TIME_COLUMNS)}  ${detail}`
}
