/** The shape of a verb. A new one is a file in verbs/ and one line in main.ts. */
import type { Argv } from 'yargs'
import type { UserErrorKind } from '../domain/user-error.ts'

export const EXIT: Readonly<Record<'ok' | UserErrorKind, number>> = {
  ok: 0,
  general: 1,
  usage: 2,
  not_running: 3,
  config: 4,
  timeout: 5,
  halted: 6,
  preflight: 7,
}

/** What every verb gets beside its own options. */
export type GlobalArgs = {
  readonly json: boolean
  readonly config: string | undefined
  readonly profile: string | undefined
  readonly logLevel: string | undefined
}

export type Verb = {
  readonly command: string
  readonly aliases?: readonly string[]
  readonly describe: string
  /** Declares the options; everything not declared is refused with exit code 2. */
  build(argv: Argv): Argv
  /** Does the work and returns the exit code. Throws a UserError for what a person can mend. */
  run(args: GlobalArgs & Readonly<Record<string, unknown>>): Promise<number>
}

/** Data goes to stdout, messages to stderr. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

const noted = new Set<string>()

/** What a person should know although nothing is wrong: once, however many parts of the program know it. */
export function note(line: string): void {
  if (noted.has(line)) return
  noted.add(line)
  say(`lastsecond: ${line}`)
}
