/**
 * Plays made windows through the real engine, without sockets and clocks, and prints which rule names the winner and which one earns; or holds the
 * made crowds beside what was measured of the real one.
 */
import { UserError } from '../../domain/user-error.ts'
import { MEASURED } from '../../lab/crowd-measured.ts'
import { fitCrowd, studyCrowds } from '../../lab/crowd-study.ts'
import { CROWDS, type CrowdKind, USUAL_CROWD } from '../../lab/crowd-worth.ts'
import { studyFaults } from '../../lab/faults-study.ts'
import { FIRE_SECS, studyWinners } from '../../lab/winners-study.ts'
import { crowdsText, fitText } from '../crowd-table.ts'
import { accuracyText, faultsText, profitText } from '../study-tables.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const WINDOWS = 2_000
const WINDOWS_MAX = 100_000
const SEED = 1
const SEED_MAX = 1_000_000_000

export const study: Verb = {
  command: 'study <what>',
  describe:
    'thousands of made windows: which rule names the winner and earns; how real their crowd is',
  build: (argv) =>
    argv
      .positional('what', {
        choices: ['winners', 'crowd'] as const,
        demandOption: true,
        describe:
          'winners: how often each rule names the winner, and what shooting by it earns; crowd: how near each made crowd comes to what was measured of the real one',
      })
      .option('windows', {
        type: 'string',
        default: String(WINDOWS),
        describe: 'how many windows; winners: of the four assets together',
      })
      .option('seed', { type: 'string', default: String(SEED), describe: 'of all that is made up' })
      .option('crowd', {
        choices: CROWDS,
        default: USUAL_CROWD,
        describe:
          'what those who make the book know: fitted = the rule, prints as late as we, and as much doubt as was measured; fitted-last-price = the same, by the last price; knows = the rule and every print at once; hears = the rule, and prints as late as we; last-price = the last price only',
      })
      .option('accuracy-only', {
        type: 'boolean',
        default: false,
        describe: 'no shots: many times faster',
      })
      .option('faults', {
        type: 'boolean',
        default: false,
        describe: 'instead: the settlement rule while something is wrong with what is heard',
      })
      .option('fit', {
        type: 'boolean',
        default: false,
        describe: 'with crowd: how the one number of the fitted crowds was found',
      }),
  async run(args) {
    const windows = whole('windows', args['windows'], WINDOWS_MAX)
    const seed = whole('seed', args['seed'], SEED_MAX)
    const startedAt = performance.now()
    if (args['what'] === 'crowd') {
      const isFit = args['fit'] === true
      const crowds = (isFit ? fitCrowd : studyCrowds)({ seed, windows })
      const text = isFit ? fitText : crowdsText
      print(
        args.json ? JSON.stringify({ seed, windows, measured: MEASURED, crowds }) : text(crowds),
      )
    } else if (args['faults'] === true) {
      const faults = studyFaults({ seed, windows })
      print(args.json ? JSON.stringify({ seed, windows, faults }) : faultsText(faults))
    } else {
      const crowd = args['crowd'] as CrowdKind
      const fireSecs = args['accuracy-only'] === true ? [] : FIRE_SECS
      const result = studyWinners({ seed, windows, crowd, fireSecs })
      if (args.json) print(JSON.stringify({ seed, crowd, ...result }))
      else {
        print(accuracyText(result))
        if (result.ahead !== null) print(`\n${profitText(result)}`)
      }
    }
    const seconds = (performance.now() - startedAt) / 1_000
    say(`${windows} windows, seed ${seed}, ${(windows / seconds).toFixed(0)} windows a second`)
    return EXIT.ok
  },
}

function whole(name: string, given: unknown, most: number): number {
  const value = Number(given)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new UserError('usage', `--${name} must be a whole number, 1 to ${most}, got "${given}"`)
}
