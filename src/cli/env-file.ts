/** The `.env` that `init` writes: the example with the chosen lines filled in, for its owner's eyes alone, and never over an old one. */
import { chmodSync, existsSync, lstatSync, readFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { UserError } from '../domain/user-error.ts'
import { writeNewPrivateFile } from '../venues/polymarket/private-file.ts'

const EXAMPLE = fileURLToPath(new URL('../../.env.example', import.meta.url))
const BACKUPS_MAX = 1_000

/** By the name of the variable; what is not named stays a comment, as in the example. */
export function envText(values: Readonly<Record<string, string>>): string {
  let text = existsSync(EXAMPLE) ? readFileSync(EXAMPLE, 'utf8') : ''
  text = text.replace(/^# Copy to \.env\./, '# Written by `lastsecond init`.')
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${quoted(value)}`
    const place = new RegExp(`^# ?${name}=.*$`, 'm')
    text = place.test(text) ? text.replace(place, () => line) : `${text}${line}\n`
  }
  const read = parseEnv(text)
  for (const [name, value] of Object.entries(values)) {
    if (read[name] !== value)
      throw new UserError(
        'usage',
        `${name} cannot be written into .env as it is; choose a path without quotes and line breaks`,
      )
  }
  return text
}

function quoted(value: string): string {
  return /^[\w./@%+=:,-]*$/.test(value) ? value : `'${value}'`
}

export function refuseExisting(path: string, force: boolean): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined) return
  if (there.isDirectory()) throw new UserError('usage', `${path} is a folder`)
  if (!force)
    throw new UserError(
      'usage',
      `${path} is there already; --force writes a new one and keeps the old one as ${path}.bak`,
    )
}

/** Returns where the old one is kept now, or null when there was none. */
export function placeEnv(path: string, text: string): string | null {
  const backup = lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : `${path}.bak`
  try {
    if (backup !== null) {
      keepOlder(backup)
      renameSync(path, backup)
      // It may hold a key.
      chmodSync(backup, 0o600)
    }
    writeNewPrivateFile(path, text)
  } catch (error) {
    if (backup !== null && !existsSync(path) && existsSync(backup)) renameSync(backup, path)
    const { code } = error as NodeJS.ErrnoException
    throw new UserError('general', `${path} cannot be written (${code ?? 'unknown reason'})`)
  }
  return backup
}

/** An older backup may hold the only copy of a key: it moves on, it is not replaced. */
function keepOlder(backup: string): void {
  if (!existsSync(backup)) return
  for (let number = 2; number < BACKUPS_MAX; number += 1) {
    const free = `${backup}.${number}`
    if (existsSync(free)) continue
    renameSync(backup, free)
    return
  }
  throw new UserError('general', `there are too many files ${backup}.N; remove some`)
}
