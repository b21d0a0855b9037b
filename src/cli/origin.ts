/** What stands in every certificate of what wrote it: the program, as its build named it, and the settings, none of them secret. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Config } from '../config/schema.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import { type Origin, settingsHash } from '../ledger/chain.ts'
import type { Mode } from '../runtime/modes.ts'

const built = z.object({ version: z.string(), hash: z.string() })
const packaged = z.object({ version: z.string() })

export function originOf(config: Config, mode: Mode): Origin {
  return { code: codeOf(), config: settingsHash(settingsText(config, mode)) }
}

export function settingsText(config: Config, mode: Mode): string {
  return canonicalJson({ mode, settings: config })
}

/** Run from its sources there is no build, and so no hash. */
function codeOf(): Origin['code'] {
  const build = new URL('../build.json', import.meta.url)
  if (existsSync(build)) return built.parse(JSON.parse(readFileSync(build, 'utf8')))
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return { ...packaged.parse(JSON.parse(text)), hash: null }
}
