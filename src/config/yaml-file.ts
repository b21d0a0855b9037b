/** Reads and edits a YAML configuration file. Editing goes through the document, so that comments and order survive. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Document, isMap, isScalar, parseDocument } from 'yaml'
import { UserError } from '../domain/user-error.ts'
import { CONFIG_KEYS, configKey } from './keys.ts'
import { didYouMean } from './nearest.ts'
import type { Origin } from './origin.ts'
import type { Written } from './values.ts'

/** A configuration is a page, not a book: a larger file was given by mistake. */
const FILE_BYTES_MAX = 1_000_000

export function readText(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new UserError('config', `configuration file ${file}: ${why}`)
  }
  if (text.length > FILE_BYTES_MAX) {
    throw new UserError('config', `configuration file ${file} is too large to be a configuration`)
  }
  return text
}

export function parseYaml(text: string, file: string): Document {
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined) {
    const [firstLine = 'it is not YAML'] = error.message.split('\n')
    throw new UserError('config', `${file} is not valid YAML: ${firstLine.replace(/:$/, '')}`)
  }
  if (document.contents !== null && !isMap(document.contents) && !isEmpty(document)) {
    throw new UserError('config', `${file} must hold settings by name, for example "venue: local"`)
  }
  return document
}

function isEmpty(document: Document): boolean {
  return isScalar(document.contents) && document.contents.value === null
}

/** Every setting of the file with its dotted path. A name the schema does not know is refused. */
export function writtenIn(document: Document, file: string, origin: Origin): Written[] {
  const data: unknown = document.toJS({ maxAliasCount: 100 })
  const found: Written[] = []
  const visit = (node: Record<string, unknown>, prefix: string): void => {
    for (const [name, raw] of Object.entries(node)) {
      const path = `${prefix}${name}`
      if (name.includes('.')) throw dotted(name, file)
      if (configKey(path)?.shape === 'params') {
        if (raw === null) continue
        if (!isPlain(raw)) throw mustBeSection(path, file)
        for (const [param, value] of Object.entries(raw)) {
          found.push({ path: `${path}.${param}`, raw: value, origin })
        }
      } else if (configKey(path) !== undefined) {
        found.push({ path, raw, origin })
      } else if (CONFIG_KEYS.some((key) => key.path.startsWith(`${path}.`))) {
        if (raw === null) continue
        if (!isPlain(raw)) throw mustBeSection(path, file)
        visit(raw, `${path}.`)
      } else {
        throw unknownKey(path, ` in ${file}`)
      }
    }
  }
  if (isPlain(data)) visit(data, '')
  return found
}

/** Settings of before, and where what they said is said now. */
const MOVED: Readonly<Record<string, string>> = {
  'prices.feeds': 'prices.settlement (rtds) and prices.spot (binance)',
}

export function unknownKey(path: string, where: string): UserError {
  const now = MOVED[path]
  if (now !== undefined) return new UserError('config', `${path}${where} has become ${now}`)
  const paths = CONFIG_KEYS.map((key) => key.path)
  const sections = paths.flatMap((known) =>
    known.includes('.') ? [known.split('.')[0] ?? ''] : [],
  )
  const hint = didYouMean(path, [...paths, ...sections])
  return new UserError('config', `${path}${where} is not a known setting${hint}`)
}

function dotted(name: string, file: string): UserError {
  const [section, ...rest] = name.split('.')
  return new UserError(
    'config',
    `${file}: write ${name} as a section "${section}:" with "${rest.join('.')}:" indented below it`,
  )
}

function mustBeSection(path: string, file: string): UserError {
  return new UserError('config', `${path} in ${file} must be a section of settings by name`)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Replaces the file in one step: a reader sees the old text or the new one, and a crash leaves one of them. */
export function replaceFile(file: string, text: string): void {
  const temporary = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = openSync(temporary, 'wx', 0o644)
    try {
      writeSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    const code = (error as NodeJS.ErrnoException).code
    throw new UserError('config', `${file} cannot be written (${code})`)
  }
}
