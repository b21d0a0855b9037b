/** The value of a secret, for the two that need one: live trading its key, the control server its own. Everybody else only knows where secrets are set. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { ENV_FILE } from './load.ts'
import type { SecretName } from './schema.ts'

type Place = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The environment wins over `.env`; an empty variable counts as not set. */
export function secretValue(name: SecretName, place: Place = {}): string | null {
  const file = join(place.cwd ?? process.cwd(), ENV_FILE)
  const written = (): string | undefined =>
    existsSync(file) ? parseEnv(readFileSync(file, 'utf8'))[name] : undefined
  const filled = (text: string | undefined): text is string =>
    text !== undefined && text.trim() !== ''
  const given = (place.env ?? process.env)[name]
  if (filled(given)) return given.trim()
  const kept = written()
  return filled(kept) ? kept.trim() : null
}
