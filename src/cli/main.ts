#!/usr/bin/env node
/** The command line: a list of verbs. Each verb's module is loaded only when it is the one that was typed. */
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { UserError } from '../domain/user-error.ts'
import { endWhereNobodyReads } from './broken-pipe.ts'
import { bindToLauncher } from './launched.ts'
import { refuseSecretsInArguments } from './no-secrets-in-arguments.ts'
import { EXIT, type GlobalArgs, note, say, type Verb } from './verb.ts'
import { checkWords, type Declared, verbOf } from './words.ts'

type VerbLoader = {
  readonly names: readonly string[]
  readonly describe: string
  load(): Promise<Verb>
}

/** One line per verb. */
const VERBS: readonly VerbLoader[] = [
  {
    names: ['run'],
    describe: 'run the bot (dry unless --live)',
    load: async () => (await import('./verbs/run.ts')).run,
  },
  {
    names: ['init'],
    describe: 'write .env, make an encrypted keystore',
    load: async () => (await import('./verbs/init.ts')).init,
  },
  {
    names: ['venue'],
    describe:
      'the embedded venue alone, for any bot: prints its addresses as one JSON line, then serves',
    load: async () => (await import('./verbs/venue.ts')).venue,
  },
  {
    names: ['status'],
    describe: 'the running bot: windows, books, clock, totals',
    load: async () => (await import('./verbs/status.ts')).status,
  },
  {
    names: ['pause'],
    describe: 'the running bot takes no new shots, until resume',
    load: async () => (await import('./verbs/pause.ts')).pause,
  },
  {
    names: ['resume'],
    describe: 'ends a pause and a halt',
    load: async () => (await import('./verbs/resume.ts')).resume,
  },
  {
    names: ['stop'],
    describe: 'the running bot finishes the windows it fired in, then exits',
    load: async () => (await import('./verbs/stop.ts')).stop,
  },
  {
    names: ['kill'],
    describe: 'halts trading and withdraws what rests; over restarts, until resume',
    load: async () => (await import('./verbs/kill.ts')).kill,
  },
  {
    names: ['trades'],
    describe: 'settled windows, shot at or not',
    load: async () => (await import('./verbs/trades.ts')).trades,
  },
  {
    names: ['pnl'],
    describe: 'profit and loss, hit rate beside break-even',
    load: async () => (await import('./verbs/pnl.ts')).pnl,
  },
  {
    names: ['explain'],
    describe: 'why it did or did not shoot',
    load: async () => (await import('./verbs/explain.ts')).explain,
  },
  {
    names: ['report'],
    describe: "what the refusals cost or saved, and how often our winner was the venue's",
    load: async () => (await import('./verbs/report.ts')).report,
  },
  {
    names: ['logs'],
    describe: 'the log, made readable',
    load: async () => (await import('./verbs/logs.ts')).logs,
  },
  {
    names: ['labels'],
    describe: 'how often each settlement rule names the winner, in recorded prices and windows',
    load: async () => (await import('./verbs/labels.ts')).labels,
  },
  {
    names: ['study'],
    describe:
      'thousands of made windows through the engine: which rule names the winner, and earns',
    load: async () => (await import('./verbs/study.ts')).study,
  },
  {
    names: ['import'],
    describe: 'recorded frames; --check runs them through the decoder and the books',
    load: async () => (await import('./verbs/import.ts')).importVerb,
  },
  {
    names: ['config'],
    describe: 'show, get and set the configuration',
    load: async () => (await import('./verbs/config.ts')).config,
  },
  {
    names: ['doctor'],
    describe: 'check everything the bot needs, each line with its fix',
    load: async () => (await import('./verbs/doctor.ts')).doctor,
  },
  {
    names: ['rehearse'],
    describe:
      'the whole way of a live order once, with play money; on polymarket all but the order',
    load: async () => (await import('./verbs/rehearse.ts')).rehearse,
  },
  {
    names: ['balance'],
    describe: 'the money of live trading: at the venue, on the chain, in the ledger',
    load: async () => (await import('./verbs/balance.ts')).balance,
  },
  {
    names: ['approve'],
    describe: "let the venue's contracts spend the dollars and move the shares of this wallet",
    load: async () => (await import('./verbs/approve.ts')).approve,
  },
  {
    names: ['redeem'],
    describe: 'change the shares of won windows for dollars',
    load: async () => (await import('./verbs/redeem.ts')).redeem,
  },
  {
    names: ['markets'],
    describe: 'the windows that discovery finds right now',
    load: async () => (await import('./verbs/markets.ts')).markets,
  },
  {
    names: ['ws-test'],
    describe: 'connect every feed for some seconds: rate, age, gaps',
    load: async () => (await import('./verbs/ws-test.ts')).wsTest,
  },
  {
    names: ['strategies'],
    describe: 'strategies and their parameters',
    load: async () => (await import('./verbs/strategies.ts')).strategies,
  },
]

/** Verbs that read no configuration, and so have nothing to say of the environment. */
const WITHOUT_SETTINGS = ['venue', 'strategies', 'labels', 'study', 'import']

/** They may stand before the verb, and their values are then not taken for it. */
const GLOBALS_WITH_VALUE = ['config', 'profile', 'log-level']

async function main(argv: readonly string[]): Promise<number> {
  const name = verbOf(argv, GLOBALS_WITH_VALUE)
  const wanted = VERBS.find((verb) => name !== undefined && verb.names.includes(name))
  const kind = wanted === undefined ? 'unknown' : wanted.names.includes('init') ? 'init' : 'other'
  refuseSecretsInArguments(argv, kind)
  if (name !== undefined && wanted === undefined) {
    const known = VERBS.map((verb) => verb.names[0]).join(', ')
    throw new UserError('usage', `there is no verb "${name}"; there are: ${known}`)
  }
  let exitCode: number = EXIT.ok
  const parser = yargs([...argv])
    .scriptName('lastsecond')
    .option('json', { type: 'boolean', default: false, global: true, describe: 'machine output' })
    .option('config', { type: 'string', global: true, describe: 'configuration file (YAML)' })
    .option('profile', {
      type: 'string',
      global: true,
      describe: 'named set of defaults, profiles/NAME.yaml; of `venue`: faithful or demo',
    })
    .option('log-level', { type: 'string', global: true, describe: 'trace to fatal' })
    .strict()
    .exitProcess(false)
    .demandCommand(1, 'Say what to do, for example: lastsecond run')
    .fail((message, error) => {
      throw error ?? new UserError('usage', message)
    })
  for (const loader of VERBS) {
    const verb = loader === wanted ? await loader.load() : undefined
    parser.command(
      [verb?.command ?? (loader.names[0] as string), ...loader.names.slice(1)],
      loader.describe,
      (y) => (verb === undefined ? y : checked(argv, verb.build(y))),
      async (args) => {
        if (verb === undefined) return
        const given = args as unknown as GlobalArgs
        if (name === 'run' && args['live'] === true) {
          const { lacksFlags, relaunch } = await import('./launcher.ts')
          if (lacksFlags(process.execArgv)) {
            exitCode = await relaunch(given)
            return
          }
        }
        if (!WITHOUT_SETTINGS.includes(loader.names[0] as string)) await tellNotes()
        exitCode = await verb.run(given as Parameters<Verb['run']>[0])
      },
    )
  }
  await parser.parseAsync()
  return exitCode
}

/** Loaded here and not above: the verbs without settings start without them. */
async function tellNotes(): Promise<void> {
  const { environmentNotes } = await import('../config/load.ts')
  for (const line of environmentNotes()) note(line)
}

/** yargs keeps what was declared, but its types do not say so. */
function checked(argv: readonly string[], built: Argv): Argv {
  checkWords(argv, (built as unknown as { getOptions(): Declared }).getOptions())
  return built
}

bindToLauncher()
endWhereNobodyReads()
main(hideBin(process.argv)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (error instanceof UserError) {
      say(`lastsecond: ${error.message}`)
      process.exitCode = EXIT[error.kind]
      return
    }
    say(`lastsecond: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    process.exitCode = EXIT.general
  },
)
