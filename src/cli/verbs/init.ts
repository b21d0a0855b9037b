/** The first steps: a `.env` with what was chosen and, when asked for, an encrypted keystore. */
import { resolve } from 'node:path'
import { UserError } from '../../domain/user-error.ts'
import { envText, placeEnv, refuseExisting } from '../env-file.ts'
import { askChoices, CHOICES, type Choice, checkedChoice } from '../init-choices.ts'
import { checkKeystorePlan, type KeystorePlan, makeKeystore } from '../new-keystore.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const ENV_FILE = '.env'
const ENV_NAMES: Readonly<Record<Choice['flag'], string>> = {
  venue: 'VENUE',
  asset: 'ASSET',
  interval: 'INTERVAL',
  strategy: 'STRATEGY',
}

type Args = Readonly<Record<string, unknown>>

type Written = {
  readonly env: string | null
  readonly backup: string | null
  readonly keystore: string | null
  readonly address: string | null
  readonly settings: Readonly<Record<string, string>>
}

export const init: Verb = {
  command: 'init',
  describe: 'write .env, make an encrypted keystore',
  build: (argv) =>
    argv
      .option('venue', { type: 'string', describe: 'local (embedded, play money) or polymarket' })
      .option('asset', { type: 'string', describe: 'assets, for example btc,eth' })
      .option('interval', { type: 'string', describe: 'window lengths, for example 5m,15m' })
      .option('strategy', { type: 'string', describe: 'strategy by name' })
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'write a new .env where one is; the old one becomes .env.bak',
      })
      .option('env', {
        type: 'boolean',
        default: true,
        describe: 'write .env; --no-env makes the keystore alone',
      })
      .option('keystore', { type: 'string', describe: 'make an encrypted keystore in this file' })
      .option('key-stdin', {
        type: 'boolean',
        default: false,
        describe: 'the key of the keystore comes on standard input',
      })
      .option('new-key', {
        type: 'boolean',
        default: false,
        describe: 'the key of the keystore is a new one',
      })
      .option('passphrase-file', {
        type: 'string',
        describe: 'file with the passphrase of the keystore, readable by you alone',
      }),
  async run(args) {
    const plan = keystorePlan(args)
    if (args['env'] === false && plan === null)
      throw new UserError('usage', '--no-env without --keystore leaves nothing to do')
    const chosen = givenChoices(args)
    if (args['env'] !== false) refuseExisting(ENV_FILE, args['force'] === true)
    if (plan !== null) checkKeystorePlan(plan)
    const settings = { ...(await settingsOf(args, chosen)), ...keystoreSettings(plan) }
    const text = args['env'] === false ? null : envText(settings)
    const address = plan === null ? null : await makeKeystore(plan, process.stdin)
    const backup = text === null ? null : placeEnv(ENV_FILE, text)
    tell(
      {
        env: text === null ? null : resolve(ENV_FILE),
        backup: backup === null ? null : resolve(backup),
        keystore: plan === null ? null : resolve(plan.file),
        address,
        settings: text === null ? {} : settings,
      },
      args.json,
      plan?.from === 'new',
    )
    return EXIT.ok
  },
}

function keystorePlan(args: Args): KeystorePlan | null {
  const file = one(args, 'keystore')
  const passphraseFile = one(args, 'passphrase-file')
  const stdin = args['key-stdin'] === true
  const fresh = args['new-key'] === true
  if (file === undefined) {
    const stray = [
      stdin && '--key-stdin',
      fresh && '--new-key',
      passphraseFile && '--passphrase-file',
    ]
    const names = stray.filter((name) => name !== false && name !== undefined)
    if (names.length === 0) return null
    throw new UserError('usage', `${names.join(', ')}: say with --keystore FILE where the key goes`)
  }
  if (stdin === fresh) {
    throw new UserError(
      'usage',
      '--keystore needs one of --key-stdin (your key, from a pipe) and --new-key (a new one)',
    )
  }
  if (passphraseFile === undefined) {
    throw new UserError(
      'usage',
      '--keystore needs --passphrase-file FILE, a file with a passphrase that only you can read',
    )
  }
  if (stdin && process.stdin.isTTY)
    throw new UserError(
      'usage',
      '--key-stdin reads from a pipe, not from the keyboard, where the key would be seen: pipe it in from where it is kept',
    )
  return { file, passphraseFile, from: stdin ? 'stdin' : 'new' }
}

/** A flag given twice comes as a list, an empty one as an empty text; neither is a path. */
function one(args: Args, flag: string): string | undefined {
  const value = args[flag]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new UserError('usage', `--${flag} may be given once`)
  if (value === '') throw new UserError('usage', `--${flag} needs a value`)
  return value
}

function givenChoices(args: Args): Map<Choice, string> {
  const chosen = new Map<Choice, string>()
  for (const choice of CHOICES) {
    const raw = one(args, choice.flag)
    if (raw !== undefined) chosen.set(choice, checkedChoice(choice, raw))
  }
  return chosen
}

/** What no flag says is asked where somebody can answer, and left at its default elsewhere. */
async function settingsOf(
  args: Args,
  chosen: Map<Choice, string>,
): Promise<Readonly<Record<string, string>>> {
  const open = CHOICES.filter((choice) => !chosen.has(choice))
  if (process.stdin.isTTY && args['json'] !== true && args['env'] !== false && open.length > 0) {
    const answers = await askChoices(open, { input: process.stdin, output: process.stderr })
    for (const [choice, answer] of answers) chosen.set(choice, answer)
  }
  return Object.fromEntries([...chosen].map(([{ flag }, value]) => [ENV_NAMES[flag], value]))
}

function keystoreSettings(plan: KeystorePlan | null): Readonly<Record<string, string>> {
  if (plan === null) return {}
  return { KEYSTORE_FILE: plan.file, KEYSTORE_PASSPHRASE_FILE: plan.passphraseFile }
}

function tell(written: Written, json: boolean, isNewKey: boolean): void {
  if (json) {
    print(JSON.stringify(written))
    return
  }
  if (written.keystore !== null) {
    print(`${written.keystore}: the encrypted keystore of ${written.address}`)
    if (isNewKey)
      say('Keep copies of the keystore and its passphrase apart: nobody can restore them.')
  }
  if (written.backup !== null) print(`${written.backup}: what was in .env before`)
  if (written.env !== null) {
    const lines = Object.entries(written.settings).map(([name, value]) => `${name}=${value}`)
    print(`${written.env}: ${lines.length === 0 ? 'the defaults' : lines.join(' ')}`)
  }
  say('Next: `lastsecond doctor` checks everything, `lastsecond run` is a dry run.')
}
