/**
 * The words of the command line before yargs bends them: a number that is none becomes NaN there, an option without its value an empty text, an
 * option given twice a list. Here each is a sentence that holds the word as it was typed.
 */
import { UserError } from '../domain/user-error.ts'

/** What yargs knows of the options of a verb; names of both spellings are in it. */
export type Declared = {
  readonly string: readonly string[]
  readonly number: readonly string[]
  readonly boolean: readonly string[]
  readonly array: readonly string[]
}

type Given = { readonly name: string; readonly value: string | null; readonly joined: boolean }

/** The first word that is neither an option nor the value of a global one. */
export function verbOf(
  argv: readonly string[],
  globalsWithValue: readonly string[],
): string | undefined {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string
    if (!word.startsWith('-')) return word
    if (globalsWithValue.includes(dashed(word.slice(2)))) at += 1
  }
  return undefined
}

export function checkWords(argv: readonly string[], declared: Declared): void {
  const seen = new Set<string>()
  for (const { name, value, joined } of givenOptions(argv)) {
    const isList = declared.array.includes(name)
    const isNumber = declared.number.includes(name)
    if (declared.boolean.includes(name)) checkSwitch(name, joined ? value : null)
    else if (isNumber || declared.string.includes(name)) {
      if (value === null || value.trim() === '') throw refused(`--${name} needs a value`)
      if (isNumber && !isPlainNumber(value))
        throw refused(`--${name} must be a number, got "${value}"`)
      if (seen.has(name) && !isList)
        throw refused(`--${name} is given more than once; say which one is meant`)
    }
    seen.add(name)
  }
}

/** The options in their order, each with the word that is its value if it is an option that takes one. */
function givenOptions(argv: readonly string[]): Given[] {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  return words.flatMap((word, at): Given[] => {
    const match = /^--([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(word)
    if (match === null) return []
    const name = dashed(match[1] as string)
    if (match[2] !== undefined) return [{ name, value: match[2], joined: true }]
    const next = words[at + 1]
    const value = next === undefined || isOption(next) ? null : next
    return [{ name, value, joined: false }]
  })
}

function checkSwitch(name: string, value: string | null): void {
  if (value === null || value === 'true' || value === 'false') return
  throw refused(`--${name} takes no value but true or false, got "${value}"`)
}

/** A dash alone is standard input, and a dash before a digit is a number. */
function isOption(word: string): boolean {
  return /^-[^\d.]/.test(word)
}

function isPlainNumber(text: string): boolean {
  return /^-?(\d+\.?\d*|\.\d+)$/.test(text)
}

/** Either spelling is understood: --venueJson is --venue-json. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function refused(message: string): UserError {
  return new UserError('usage', message)
}
