/** The value of one secret, for the few that need it: from the environment, else from `.env`. An empty one counts as not set. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { SecretName } from './schema.ts'

export function readSecret(
  name: SecretName,
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): string | null {
  const file = join(cwd, '.env')
  const value =
    env[name]?.trim() || (existsSync(file) ? parseEnv(readFileSync(file, 'utf8'))[name] : '')
  return value?.trim() || null
}
