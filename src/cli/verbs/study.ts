/**
 * Plays made windows through the real engine, without sockets and clocks, and prints which rule names the winner and which one earns; or holds the
 * made crowds beside what was measured of the real one.
 */
import { UserError } from '../../domain/user-error.ts'
import { MEASURED } from '../../lab/crowd-measured.ts'
import { fitCrowd, studyCrowds } from '../../lab/crowd-study.ts'
import { CROWDS, type CrowdKind, USUAL_CROWD } from '../../lab/crowd-worth.ts'
import { studyFaults } from '../../lab/faults-study.ts'
import { studyParameters } from '../../lab/parameters-study.ts'
import { FIRE_SECS, studyWinners } from '../../lab/winners-study.ts'
import { crowdsText, fitText } from '../crowd-table.ts'
import { parametersText, seedsFrom } from '../parameter-study.ts'
import { profilesText, studyProfiles } from '../profile-study.ts'
import { accuracyText, faultsText, profitText } from '../study-tables.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const WINDOWS = 2_000
const WINDOWS_MAX = 100_000
const SEED = 1
const SEED_MAX = 1_000_000_000

export const study: Verb = {
  command: 'study <what>',
  describe:
    'made windows by the thousand: which rule names the winner and earns, what each profile earns, how real the crowd is',
  build: (argv) =>
    argv
      .positional('what', {
        choices: ['winners', 'crowd', 'profiles', 'parameters'] as const,
        demandOption: true,
        describe:
          'winners: how often each rule names the winner, and what shooting by it earns; crowd: how near each made crowd comes to what was measured of the real one; profiles: what the settings of each profile, or of --profile, bring strategy by strategy; parameters: numbers of the strategies that model the price, found on some seeds and held against others',
      })
      .option('windows', {
        type: 'string',
        default: String(WINDOWS),
        describe:
          'how many windows; winners: of the four assets together; profiles: of each profile; parameters: of each of five seeds',
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
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'with profiles: a person ends each halt at once; else the first ends the trading',
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
    } else if (args['what'] === 'profiles') {
      const crowd = args['crowd'] as CrowdKind
      const profiles = studyProfiles({
        seed,
        windows,
        crowd,
        resume: args['resume'] === true,
        config: args.config,
        profile: args.profile,
      })
      print(args.json ? JSON.stringify({ seed, windows, crowd, profiles }) : profilesText(profiles))
    } else if (args['what'] === 'parameters') {
      const found = studyParameters({ windows, ...seedsFrom(seed) })
      print(args.json ? JSON.stringify({ seed, ...found }) : parametersText(found))
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
