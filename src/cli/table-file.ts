/** Rows of a file that is CSV with a heading or one JSON object a line, plain or packed with gzip. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UserError } from '../domain/user-error.ts'

export type Row = Readonly<Record<string, unknown>>

export function mustBeFile(path: string): void {
  if (!existsSync(path)) throw new UserError('usage', `there is no file ${path}`)
  if (statSync(path).isDirectory())
    throw new UserError('usage', `${path} is a folder; name the files in it`)
}

export async function eachRow(file: string, take: (row: Row, line: number) => void): Promise<void> {
  mustBeFile(file)
  const source: Readable = createReadStream(file)
  const plain = file.endsWith('.gz') ? source.pipe(createGunzip()) : source
  // A broken source would otherwise end the reading in silence.
  source.on('error', (error) => plain.destroy(error))
  let head: readonly string[] | null = null
  let number = 0
  try {
    for await (const line of createInterface({
      input: plain,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      number += 1
      if (line.trim() === '') continue
      if (head === null) {
        head = line.trimStart().startsWith('{') ? [] : cells(line.replace(/^\uFEFF/, ''))
        if (head.length > 0) continue
      }
      take(head.length === 0 ? object(line, file, number) : record(head, cells(line)), number)
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError('usage', `${file} cannot be read: ${(error as Error).message}`)
  }
}

function object(line: string, file: string, number: number): Row {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below.
  }
  throw new UserError('usage', `${file}, line ${number}: not a JSON object`)
}

function record(head: readonly string[], values: readonly string[]): Row {
  return Object.fromEntries(head.map((name, at) => [name, values[at] ?? '']))
}

/** The cells of one line; quotes hold commas, and a doubled quote is one. */
export function cells(line: string): string[] {
  const list: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] as string
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (line[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === ',') {
      list.push(cell.trim())
      cell = ''
    } else cell += letter
  }
  return [...list, cell.trim()]
}
