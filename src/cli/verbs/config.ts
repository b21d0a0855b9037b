/** The configuration: what holds and where it came from, and changing it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { CONFIG_KEYS, configKey, showValue } from '../../config/keys.ts'
import { DEFAULT_FILE, type LoadedConfig, loadConfig } from '../../config/load.ts'
import { didYouMean } from '../../config/nearest.ts'
import { originText } from '../../config/origin.ts'
import { paramsInForce, paramsOf, strategiesNamed } from '../../config/params.ts'
import { secretValue } from '../../config/secrets.ts'
import { replaceFile } from '../../config/yaml-file.ts'
import { changeBot, findBot } from '../../control/client.ts'
import { findControlKey } from '../../control/control-key.ts'
import { changesText } from '../../domain/change.ts'
import { UserError } from '../../domain/user-error.ts'
import { STRATEGIES } from '../../strategies/registry.ts'
import { bindStrategy } from '../bot-setup.ts'
import { ledgerOptions, placeOf } from '../ledger-options.ts'
import { textTable } from '../text-table.ts'
import { EXIT, type GlobalArgs, note, print, say, type Verb } from '../verb.ts'

export const config: Verb = {
  command: 'config <action> [key] [value]',
  describe: 'config show | get KEY | set KEY VALUE; with --running, of the bot that runs',
  build: (argv) =>
    ledgerOptions(argv)
      .option('running', {
        type: 'boolean',
        default: false,
        describe: 'set: in the running bot, until it ends; no file is changed',
      })
      .positional('action', { choices: ['show', 'get', 'set'] as const, demandOption: true })
      .positional('key', { type: 'string' })
      .positional('value', { type: 'string' }),
  async run(args) {
    const key = args['key'] as string | undefined
    const value = args['value'] === undefined ? undefined : String(args['value'])
    const action = String(args['action'])
    const isRunning = args['running'] === true
    if (isRunning && action !== 'set')
      throw new UserError(
        'usage',
        '--running goes with config set; `lastsecond status` says what is changed',
      )
    if (!isRunning && (args['live'] === true || args['venue'] !== undefined))
      throw new UserError(
        'usage',
        '--live and --venue say which running bot is meant; they go with --running',
      )
    if (action === 'show') show(load(args), args.json)
    else if (key === undefined)
      throw new UserError(
        'usage',
        `config ${action} needs the name of a setting; \`lastsecond config show\` lists them`,
      )
    else if (action === 'get') print(settingText(load(args), key))
    else if (value === undefined) throw new UserError('usage', `config set ${key} needs a value`)
    else if (isRunning) await setRunning(args, key, value)
    else set(args, key, value)
    return EXIT.ok
  },
}

function load({ config: file, profile, logLevel }: GlobalArgs): LoadedConfig {
  const loaded = loadConfig({ config: file, profile, logLevel })
  bindStrategy(loaded.config)
  for (const line of loaded.notes) note(line)
  return loaded
}

type Row = { readonly key: string; readonly value: string; readonly origin: string }

/** Every setting, the strategy's parameters one by one where the schema has only their section. */
function rowsOf(loaded: LoadedConfig): Row[] {
  return CONFIG_KEYS.flatMap((key) =>
    key.shape === 'params'
      ? paramRows(loaded)
      : [
          {
            key: key.path,
            value: settingText(loaded, key.path),
            origin: originText(loaded.origins.get(key.path) ?? { kind: 'default' }),
          },
        ],
  )
}

function paramRows({ config: settings, origins }: LoadedConfig): Row[] {
  const strategies = strategiesNamed(settings.strategy) ?? []
  const rows = strategies.flatMap((strategy) =>
    paramsInForce(strategy, settings, origins).map(({ name, value, origin }) => ({
      // Two strategies may have a parameter of one name with defaults of their own.
      key: strategies.length === 1 ? `params.${name}` : `params.${name} of ${strategy.name}`,
      value,
      origin,
    })),
  )
  return rows
}

function show(loaded: LoadedConfig, json: boolean): void {
  const rows = rowsOf(loaded)
  const secrets = Object.entries(loaded.secrets).map(([key, origin]) => ({
    key,
    value: origin === null ? 'not set' : 'set, hidden',
    origin: origin === null ? '' : originText(origin),
  }))
  if (json) print(JSON.stringify({ settings: rows, secrets, files: loaded.files }))
  else
    print(
      textTable(
        ['SETTING', 'VALUE', 'ORIGIN'],
        [...rows, ...secrets].map((row) => [row.key, row.value, row.origin]),
      ),
    )
}

function settingText(loaded: LoadedConfig, path: string): string {
  const key = configKey(path)
  const param = paramRows(loaded).find((row) => row.key === path)
  if (param !== undefined) return param.value
  if (key === undefined) throw unknown(path)
  const value = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], loaded.config)
  return showValue(key, value)
}

function unknown(path: string): UserError {
  const hint = didYouMean(
    path,
    STRATEGIES.flatMap(paramsOf)
      .map(({ name }) => `params.${name}`)
      .concat(CONFIG_KEYS.map((key) => key.path)),
  )
  return new UserError(
    'config',
    `there is no setting "${path}"${hint}; \`lastsecond config show\` lists them`,
  )
}

/** Tries the whole configuration with the change before a byte is written; comments in the file stay. */
function set(args: GlobalArgs, path: string, value: string): void {
  const key = configKey(path)
  if (key === undefined && !path.startsWith('params.')) throw unknown(path)
  const file = args.config ?? DEFAULT_FILE
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '')
  document.setIn(path.split('.'), typed(value, key?.shape ?? paramShape(path)))
  const text = document.toString()
  const tried = loadConfig({
    config: args.config,
    profile: args.profile,
    logLevel: args.logLevel,
    fileText: { file, text },
  })
  bindStrategy(tried.config)
  replaceFile(file, text)
  const winner = tried.origins.get(path)
  say(`${path} = ${value} is in ${file}`)
  if (winner !== undefined && winner.kind !== 'file')
    say(`but it is overridden ${originText(winner)}`)
}

/** The file stays as it is: whoever wants both says both. */
async function setRunning(args: GlobalArgs, key: string, value: string): Promise<void> {
  const { folder } = placeOf(args as GlobalArgs & Readonly<Record<string, unknown>>)
  const bot = findBot(join(folder, 'run.json'))
  const apiKey = findControlKey(bot.key, secretValue('DASHBOARD_API_KEY'), folder)
  const { changed, note: howLong } = await changeBot(bot, apiKey, { [key]: value })
  if (args.json) return print(JSON.stringify({ ok: true, changed }))
  if (changed.length === 0) return print(`${key} was ${value} already`)
  print(`${changesText(changed)}; ${howLong}`)
}

function typed(value: string, shape: string): unknown {
  if (shape === 'list') return value.split(',').map((one) => one.trim())
  if (shape === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  const number = Number(value)
  return shape === 'number' && value !== '' && Number.isFinite(number) ? number : value
}

/** A parameter is a number where its strategy says so, and text elsewhere: prices and sizes are decimal texts. */
function paramShape(path: string): string {
  const isNumber = STRATEGIES.some((strategy) =>
    paramsOf(strategy).some((param) => `params.${param.name}` === path && param.isNumber),
  )
  return isNumber ? 'number' : 'text'
}
