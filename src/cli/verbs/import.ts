/** Recordings of others. With --check they are not kept but run through our own decoder and books, and the result is counted. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Micros, micros } from '../../domain/units.ts'
import { UserError } from '../../domain/user-error.ts'
import { type CheckResult, createFrameCheck, type FrameCheck } from '../frame-check.ts'
import { mustBeFile } from '../table-file.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

/** Where recorders put the frame, the likeliest first. */
const PAYLOAD_KEYS = ['payload', 'data', 'frame', 'message', 'raw', 'msg'] as const

type Recorded = {
  readonly bytes: Uint8Array
  readonly json: unknown
  readonly recvAt: Micros
  readonly stamp: number
}

export const importVerb: Verb = {
  command: 'import [files..]',
  describe: 'recorded frames; --check runs them through the decoder and the books',
  build: (argv) =>
    argv
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe:
          'JSON lines, plain or .gz: a frame of the market channel each, bare or as payload beside recv_ms; - is standard input',
      })
      .option('check', { type: 'boolean', default: false, describe: 'check only, keep nothing' })
      .option('sort', {
        choices: ['timestamp'] as const,
        describe: 'order the frames by their own time first',
      }),
  async run(args) {
    if (args['check'] !== true) {
      throw new UserError(
        'usage',
        'this version checks recordings and does not keep them: add --check',
      )
    }
    const files = (args['files'] as string[]).map(String)
    if (files.length === 0)
      throw new UserError('usage', 'name the files to check, or - for standard input')
    for (const file of files) if (file !== '-') mustBeFile(file)
    const check = createFrameCheck()
    const sorted: Recorded[] = []
    for (const file of files) {
      await eachLine(file, (line) => {
        const recorded = readLine(line)
        if (args['sort'] === 'timestamp') sorted.push(recorded)
        else give(check, recorded)
      })
    }
    sorted.sort((a, b) => a.stamp - b.stamp)
    for (const recorded of sorted) give(check, recorded)
    const result = check.finish()
    if (args.json) print(JSON.stringify(result))
    else {
      print(
        `frames ${result.frames}: parsed ${result.parsed}, unknown ${result.unknown}, failed ${result.failed}`,
      )
      for (const [kind, count] of Object.entries(result.byKind)) print(`  ${kind}: ${count}`)
      for (const name of ['books', 'tops', 'hashes'] as const)
        print(`${name}: ${result[name].equal} of ${result[name].checked} equal`)
    }
    const complaint = complaintOf(result)
    if (complaint === null) return EXIT.ok
    say(`lastsecond: ${complaint}`)
    return EXIT.general
  },
}

/** A script asks by the exit code. Books that differ are told and no failure: a recording may have gaps of its own. */
function complaintOf({ frames, failed }: CheckResult): string | null {
  if (frames === 0) return 'no frame was found: nothing was checked'
  return failed === 0 ? null : `${failed} of ${frames} frames could not be read`
}

function give(check: FrameCheck, { bytes, json, recvAt }: Recorded): void {
  check.feed(bytes, json, recvAt)
}

async function eachLine(file: string, use: (line: string) => void): Promise<void> {
  const raw: Readable = file === '-' ? process.stdin : createReadStream(file)
  const unzip = file.endsWith('.gz') ? createGunzip() : null
  const source = unzip === null ? raw : raw.pipe(unzip)
  let trouble: Error | null = null
  raw.on('error', (error) => {
    trouble = error
    source.destroy()
  })
  source.on('error', (error) => {
    trouble = error
  })
  const lines = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })
  try {
    for await (const line of lines) if (line.trim() !== '') use(line)
  } catch (error) {
    trouble ??= error as Error
  }
  if (trouble === null) return
  // What could be read is counted; a file that ends in the middle of itself is told and not thrown away.
  if (unzip === null)
    throw new UserError('general', `${file} cannot be read: ${(trouble as Error).message}`)
  say(`${file} is damaged or cut off: ${(trouble as Error).message}; what came before is counted`)
}

/** A line holds a frame in a wrapper, or bare; the frame is an object, an array, or the text of one. */
function readLine(line: string): Recorded {
  let outer: unknown
  try {
    outer = JSON.parse(line)
  } catch {
    // Not JSON: perhaps a control word, perhaps half a frame. The decoder says which.
    return { bytes: Buffer.from(line), json: null, recvAt: micros(0), stamp: 0 }
  }
  const wrapper = isRecord(outer) ? outer : {}
  if (isTapeLine(wrapper)) {
    throw new UserError(
      'usage',
      'this is a tape of `run --tape`: it holds events that were decoded already, and import checks frames as they came from the venue',
    )
  }
  const key =
    isRecord(outer) && typeof outer['event_type'] !== 'string'
      ? PAYLOAD_KEYS.find((one) => one in wrapper)
      : undefined
  const payload = key === undefined ? outer : wrapper[key]
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const json = typeof payload === 'string' ? parsedOrNull(payload) : payload
  return { bytes: Buffer.from(text), json, recvAt: receivedAt(wrapper), stamp: stampOf(json) }
}

/** Events of ours have a kind and the time of their receipt in our spelling; no frame and no recorder has both. */
function isTapeLine(line: Readonly<Record<string, unknown>>): boolean {
  return typeof line['kind'] === 'string' && 'recvAt' in line && 'venueAt' in line
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function receivedAt(wrapper: Readonly<Record<string, unknown>>): Micros {
  for (const name of ['recv_ms', 'capturedAt', 'recv_wall_ts']) {
    const value = wrapper[name]
    const ms =
      typeof value === 'number'
        ? value
        : typeof value === 'string'
          ? Number(value) || Date.parse(value)
          : Number.NaN
    // Seconds, milliseconds, microseconds or nanoseconds, by their size.
    if (Number.isFinite(ms))
      return micros(
        Math.round(ms < 1e11 ? ms * 1e6 : ms < 1e14 ? ms * 1e3 : ms < 1e17 ? ms : ms / 1e3),
      )
  }
  return micros(0)
}

function stampOf(json: unknown): number {
  const first: unknown = Array.isArray(json) ? json[0] : json
  return isRecord(first) ? Number(first['timestamp']) || 0 : 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
