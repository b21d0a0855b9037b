/** Flags that are whole numbers, refused in a sentence that names the flag, its range and the word as it was typed. */
import { UserError } from '../domain/user-error.ts'

type Flags = Readonly<Record<string, unknown>>

export function whole(flags: Flags, name: string, least: number, most: number): number | undefined {
  const given = flags[name]
  if (given === undefined) return undefined
  const text = String(given)
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new UserError(
    'usage',
    `--${name} must be a whole number from ${least} to ${most}, got "${text}".`,
  )
}
