/**
 * Variables that nobody obeys. Silence would let somebody believe in a limit or a switch that does nothing: in `.env`, which is ours, a name that looks
 * like a setting is refused; in the environment, which is everybody's, it is told.
 */
import { UserError } from '../domain/user-error.ts'
import { STRATEGIES } from '../strategies/registry.ts'
import { BORROWED } from './borrowed.ts'
import { CONFIG_KEYS } from './keys.ts'
import { nearest } from './nearest.ts'
import { paramsOf } from './params.ts'
import { SECRET_NAMES } from './schema.ts'
import { NOT_BUILT, SWITCHES } from './source-variables.ts'

type Values = Readonly<Record<string, string | undefined>>

const ALWAYS_DRY = 'a run is dry unless --live is given'

/** What older bots of this kind obeyed, and why it is not obeyed here. */
const NOT_OBEYED: Readonly<Record<string, string>> = {
  DRY_RUN: ALWAYS_DRY,
  PAPER_TRADING: ALWAYS_DRY,
  ...Object.fromEntries(SWITCHES.map((name) => [name, ALWAYS_DRY])),
  ...NOT_BUILT,
  TRADING_MODE: ALWAYS_DRY,
  EXECUTION_ENABLED: ALWAYS_DRY,
}

/** Names as short as ASSET are one slip away from many words that are meant for others. */
const SHORT = 8

const VARIABLES: readonly string[] = [
  ...CONFIG_KEYS.flatMap((key) => key.env),
  ...BORROWED.map(({ name }) => name),
  ...SECRET_NAMES,
]
const MEANT = meanings()

/** What a variable of such a name was probably meant to set, or null when it is nobody's business. */
export function meantBy(name: string): string | null {
  if (VARIABLES.includes(name) || Object.hasOwn(NOT_OBEYED, name)) return null
  const bare = bareOf(name)
  const same = MEANT.get(bare)
  return same ?? nearest(name, VARIABLES, name.length < SHORT ? 1 : 2)
}

/** Throws for the first name of the file that looks like a setting and is none. */
export function refuseLookalikes(values: Values, file: string): void {
  for (const name of Object.keys(values)) {
    const meant = meantBy(name)
    if (meant !== null) {
      throw new UserError('config', `${name} in ${file} is not a setting; did you mean ${meant}?`)
    }
  }
}

/** What a person should know of the variables that are set. */
export function notesOf(environment: Values, envFile: Values): string[] {
  // Names that are obeyed are not looked up: a secret among them keeps its value to itself.
  const names = [...new Set([...Object.keys(envFile), ...Object.keys(environment)])].filter(
    (name) => !VARIABLES.includes(name),
  )
  return names.flatMap((name) => {
    if ((environment[name] || envFile[name] || '') === '') return []
    const instead = Object.hasOwn(NOT_OBEYED, name) ? NOT_OBEYED[name] : undefined
    if (instead !== undefined) return [`${name} is set but not obeyed: ${instead}`]
    const meant = meantBy(name)
    if (meant !== null)
      return [`${name} is set in the environment but is not a setting; did you mean ${meant}?`]
    return /^PM_[A-Z]/.test(name) ? [`${name} is set but is not a setting of this bot`] : []
  })
}

/** By the bare name: a variable where the setting has one, else the setting in the file. */
function meanings(): ReadonlyMap<string, string> {
  const meant = new Map<string, string>()
  for (const name of VARIABLES) meant.set(bareOf(name), name)
  const paths = [
    ...CONFIG_KEYS.filter((key) => key.shape !== 'params').map(({ path, env }) => ({ path, env })),
    ...STRATEGIES.flatMap(paramsOf).map(({ name }) => ({ path: `params.${name}`, env: [] })),
  ]
  for (const { path, env } of paths) {
    const target = env[0] ?? `${path} in lastsecond.yaml`
    const last = path.split('.').at(-1) ?? path
    // One word alone, such as port or level, is too common to be ours.
    const spellings = /[A-Z]/.test(last) ? [path, last] : path.includes('.') ? [path] : []
    for (const one of spellings) {
      const bare = bareOf(one.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter}`))
      if (!meant.has(bare)) meant.set(bare, target)
    }
  }
  return meant
}

/** Without the words that people leave out or add: whose it is, its unit, what stands between the words. */
function bareOf(name: string): string {
  return name
    .toUpperCase()
    .replace(/^(PM|LASTSECOND)_/, '')
    .replace(/_(USD|S|SECS?|SECONDS?|MIN|MINUTES?|MS)$/, '')
    .replace(/[^A-Z0-9]/g, '')
}
