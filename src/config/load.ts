/**
 * Builds the configuration from its layers: flag > environment > .env > file > profile > default. Every value of every
 * layer is checked, also one that a stronger layer overrides, and each winner keeps its origin.
 *
 * Secrets are looked up by name alone: their values stay where they are, and only `secrets.ts` reads them, for those few that need one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { UserError } from '../domain/user-error.ts'
import { borrowed } from './borrowed.ts'
import { notesOf, refuseLookalikes } from './environment.ts'
import { CONFIG_KEYS, type ConfigKey, configKey } from './keys.ts'
import { didYouMean } from './nearest.ts'
import { type Origin, strengthOf } from './origin.ts'
import { checkParams } from './params.ts'
import { crossCheck, idlePaperSettings, idleWalletSettings } from './rules.ts'
import { type Config, ConfigSchema, SECRET_NAMES, type SecretName } from './schema.ts'
import { settleSeries } from './series.ts'
import { saidDry } from './source-variables.ts'
import { checkedInput, type Written } from './values.ts'
import { parseYaml, readText, unknownKey, writtenIn } from './yaml-file.ts'

/** Read when it is there and --config names no other. */
export const DEFAULT_FILE = 'lastsecond.yaml'
export const ENV_FILE = '.env'
const SHIPPED_PROFILES = fileURLToPath(new URL('../../profiles/', import.meta.url))

export type LoadArgs = {
  /** As --config, --profile and --log-level give them. */
  readonly config?: string | undefined
  readonly profile?: string | undefined
  readonly logLevel?: string | undefined
  /** Other flags by the dotted path of the setting they override; undefined means that the flag was not given. */
  readonly flags?: Readonly<Record<string, unknown>>
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Stands for the text of the configuration file: `config set` tries a change before it writes it. */
  readonly fileText?: { readonly file: string; readonly text: string }
}

export type LoadedConfig = {
  readonly config: Config
  /** By dotted path; parameters of the strategy as `params.<name>`. */
  readonly origins: ReadonlyMap<string, Origin>
  /** Everything that was read, strongest first. */
  readonly files: readonly string[]
  /** What a person should know although nothing is wrong. */
  readonly notes: readonly string[]
  /** Where each secret is set, or null. Never its value. */
  readonly secrets: Readonly<Record<SecretName, Origin | null>>
  /** A variable that says that nothing here is for real, and what it says; a live run is refused then. */
  readonly saysDry: string | null
}

type Layers = { readonly written: Written[]; readonly files: string[] }

export function loadConfig(args: LoadArgs = {}): LoadedConfig {
  const cwd = args.cwd ?? process.cwd()
  const env = args.env ?? process.env
  const envFile = readEnvFile(cwd)
  refuseLookalikes(envFile.values, ENV_FILE)
  const file = fileLayer(args, cwd)
  const profile = profileLayer(args.profile, cwd)
  const inEnvironment = (name: string): Origin => ({ kind: 'environment', name })
  const inEnvFile = (name: string): Origin => ({ kind: 'env_file', name, file: ENV_FILE })
  const own = [
    ...flagLayer(args),
    ...variables(env, inEnvironment),
    ...variables(envFile.values, inEnvFile),
    ...file.written,
    ...profile.written,
  ]
  const others = borrowed(
    [
      { values: env, origin: inEnvironment },
      { values: envFile.values, origin: inEnvFile },
    ],
    own,
  )
  const { raw, origins } = settle(byStrength([...own, ...others.written]))
  const settled = settleSeries(ConfigSchema.parse(raw), origins)
  const { config } = settled
  crossCheck(config)
  checkParams(config, origins)
  return {
    config,
    origins,
    files: [...envFile.files, ...file.files, ...profile.files],
    notes: [
      ...notesOf(env, envFile.values),
      ...others.notes,
      ...settled.notes,
      ...idleWalletSettings(config),
      ...idlePaperSettings(config, origins),
    ],
    secrets: secretsSet(env, envFile.secrets),
    saysDry: saidDry([
      { values: env, origin: inEnvironment },
      { values: envFile.values, origin: inEnvFile },
    ]),
  }
}

/** The notes alone, for every verb: also where the rest of the configuration is refused. */
export function environmentNotes(): string[] {
  return notesOf(process.env, readEnvFile(process.cwd()).values)
}

/** Stable: of one layer the program's own names stay before those it has borrowed. */
function byStrength(written: readonly Written[]): Written[] {
  return [...written].sort((a, b) => strengthOf(b.origin) - strengthOf(a.origin))
}

/** The first writer of a setting wins; everything else is checked and dropped. */
function settle(written: readonly Written[]): { raw: object; origins: Map<string, Origin> } {
  const inputs = new Map<string, unknown>()
  const origins = new Map<string, Origin>()
  for (const one of written) {
    const key = keyFor(one.path)
    if (key === undefined) throw unknownKey(one.path, '')
    const input = checkedInput(key, one)
    if (inputs.has(one.path)) continue
    inputs.set(one.path, input)
    origins.set(one.path, one.origin)
  }
  for (const key of CONFIG_KEYS) {
    if (!origins.has(key.path)) origins.set(key.path, { kind: 'default' })
  }
  return { raw: nested(inputs), origins }
}

function keyFor(path: string): ConfigKey | undefined {
  return path.startsWith('params.') ? configKey('params') : configKey(path)
}

/** Dotted paths to the nested shape of the schema; every section is present, so that its defaults apply. */
function nested(inputs: ReadonlyMap<string, unknown>): object {
  const root: Record<string, Record<string, unknown> | unknown> = {}
  for (const { path } of CONFIG_KEYS) {
    const [section, name] = path.split('.')
    if (section !== undefined && name !== undefined) root[section] ??= {}
  }
  for (const [path, input] of inputs) {
    const dot = path.indexOf('.')
    if (dot < 0) {
      root[path] = input
      continue
    }
    const section = path.slice(0, dot)
    root[section] ??= {}
    Object.assign(root[section] as object, { [path.slice(dot + 1)]: input })
  }
  return root
}

function flagLayer(args: LoadArgs): Written[] {
  const flags = { ...args.flags, 'log.level': args.logLevel ?? args.flags?.['log.level'] }
  return Object.entries(flags).flatMap(([path, raw]) => {
    if (raw === undefined) return []
    const name = `--${keyFor(path)?.flag ?? path}`
    return [{ path, raw, origin: { kind: 'flag', name } }]
  })
}

/** An empty variable counts as not set: that is how .env templates leave them. */
function variables(
  values: Readonly<Record<string, string | undefined>>,
  origin: (name: string) => Origin,
): Written[] {
  return CONFIG_KEYS.flatMap((key) =>
    key.env.flatMap((name) => {
      const raw = values[name]
      return raw === undefined || raw.trim() === ''
        ? []
        : [{ path: key.path, raw, origin: origin(name) }]
    }),
  )
}

type EnvFile = { values: Record<string, string>; secrets: Set<string>; files: string[] }

/** `.env` is read beside `process.env`, not into it: child processes and crash reports must not inherit a key. */
function readEnvFile(cwd: string): EnvFile {
  const path = join(cwd, ENV_FILE)
  const result: EnvFile = { values: {}, secrets: new Set(), files: [] }
  if (!existsSync(path)) return result
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(
      'config',
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
  result.files.push(path)
  for (const [name, value] of Object.entries(parseEnv(text))) {
    if (value === undefined) continue
    if ((SECRET_NAMES as readonly string[]).includes(name)) {
      if (value !== '') result.secrets.add(name)
    } else {
      result.values[name] = value
    }
  }
  return result
}

function secretsSet(
  env: Readonly<Record<string, string | undefined>>,
  inEnvFile: ReadonlySet<string>,
): LoadedConfig['secrets'] {
  const origin = (name: SecretName): Origin | null => {
    if (Object.hasOwn(env, name)) return { kind: 'environment', name }
    return inEnvFile.has(name) ? { kind: 'env_file', name, file: ENV_FILE } : null
  }
  return Object.fromEntries(
    SECRET_NAMES.map((name) => [name, origin(name)]),
  ) as LoadedConfig['secrets']
}

function fileLayer(args: LoadArgs, cwd: string): Layers {
  const given = args.fileText
  if (given === undefined && args.config === undefined && !existsSync(join(cwd, DEFAULT_FILE))) {
    return { written: [], files: [] }
  }
  const file = given?.file ?? args.config ?? DEFAULT_FILE
  const path = resolve(cwd, file)
  return yamlLayer(given === undefined ? undefined : given.text, file, path, { kind: 'file', file })
}

function yamlLayer(text: string | undefined, file: string, path: string, origin: Origin): Layers {
  const document = parseYaml(text ?? readText(path), file)
  return { written: writtenIn(document, file, origin), files: [path] }
}

/** By name: the folder `profiles` here, then the ones that come with the program. */
export function knownProfiles(cwd = process.cwd()): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const folder of [join(cwd, 'profiles'), SHIPPED_PROFILES]) {
    if (!existsSync(folder)) continue
    for (const entry of readdirSync(folder)) {
      const profile = /^(.+)\.ya?ml$/.exec(entry)?.[1]
      if (profile !== undefined && !known.has(profile)) known.set(profile, join(folder, entry))
    }
  }
  return known
}

/** A profile is a set of defaults with a name. */
function profileLayer(name: string | undefined, cwd: string): Layers {
  if (name === undefined) return { written: [], files: [] }
  const known = knownProfiles(cwd)
  const path = known.get(name)
  if (path === undefined) {
    const names = [...known.keys()].sort()
    throw new UserError(
      'config',
      `there is no profile "${name}"; known profiles: ${names.join(', ')}${didYouMean(name, names)}`,
    )
  }
  return yamlLayer(undefined, path, path, { kind: 'profile', name, file: path })
}
