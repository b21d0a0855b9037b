/** Plays made windows through the real engine, without sockets and clocks, and prints which rule names the winner and which one earns. */
import { UserError } from '../../domain/user-error.ts'
import { CROWDS, type CrowdKind } from '../../lab/crowd-worth.ts'
import { studyFaults } from '../../lab/faults-study.ts'
import { FIRE_SECS, studyWinners } from '../../lab/winners-study.ts'
import { accuracyText, faultsText, profitText } from '../study-tables.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const WINDOWS = 2_000
const WINDOWS_MAX = 100_000
const SEED = 1
const SEED_MAX = 1_000_000_000

export const study: Verb = {
  command: 'study <what>',
  describe: 'thousands of made windows through the engine: which rule names the winner, and earns',
  build: (argv) =>
    argv
      .positional('what', {
        choices: ['winners'] as const,
        demandOption: true,
        describe: 'winners: how often each rule names the winner, and what shooting by it earns',
      })
      .option('windows', {
        type: 'string',
        default: String(WINDOWS),
        describe: 'how many windows, of the four assets together',
      })
      .option('seed', { type: 'string', default: String(SEED), describe: 'of all that is made up' })
      .option('crowd', {
        choices: CROWDS,
        default: 'knows' as CrowdKind,
        describe:
          'what those who make the book know: knows = the rule and every print at once; hears = the rule, and prints as late as we; last-price = the last price only',
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
      }),
  async run(args) {
    const windows = whole('windows', args['windows'], WINDOWS_MAX)
    const seed = whole('seed', args['seed'], SEED_MAX)
    const startedAt = performance.now()
    if (args['faults'] === true) {
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
