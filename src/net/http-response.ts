/**
 * Reads one HTTP/1.1 answer as its bytes come, in pieces of any size. Interim answers (1xx) are skipped. What it is given is limited: a peer
 * that never stops is broken, not patient.
 */
import { type Head, parseHead } from './http-head.ts'

export type HttpResponse = Pick<Head, 'status' | 'headers' | 'reusable'> & { readonly body: Buffer }

export type Parsed =
  | { readonly kind: 'more' }
  | {
      readonly kind: 'whole'
      readonly response: HttpResponse
      /** How many bytes of the last piece lie beyond the end of the answer. */
      readonly extraBytes: number
    }
  | { readonly kind: 'broken'; readonly reason: string }

export type ResponseParser = {
  push(piece: Buffer): Parsed
  /** The peer will send nothing more. */
  end(): Parsed
}

export type ResponseLimits = {
  /** Heads, chunk sizes and trailers together. */
  readonly lineBytesMax: number
  readonly bodyBytesMax: number
}

/** Answers to orders are below a kilobyte; a proxy's page of apology may be some tens. */
const LIMITS: ResponseLimits = { lineBytesMax: 65_536, bodyBytesMax: 1_048_576 }
const MORE: Parsed = { kind: 'more' }
const LF = 10

type Step = 'head' | 'body' | 'chunk_size' | 'chunk' | 'chunk_end' | 'trailers'

export function createResponseParser(limits: ResponseLimits = LIMITS): ResponseParser {
  let step: Step = 'head'
  /** The line that has not ended yet. */
  let line = ''
  let lineBytes = 0
  let lines: string[] = []
  let head: Head | null = null
  /** Bytes to come of the body, or of this chunk of it. */
  let missing = 0
  let bodyBytes = 0
  const body: Buffer[] = []
  let outcome: Parsed = MORE

  function push(piece: Buffer): Parsed {
    let at = 0
    while (at < piece.length && outcome.kind === 'more') {
      at = step === 'body' || step === 'chunk' ? takeBytes(piece, at) : takeLine(piece, at)
    }
    if (outcome.kind === 'whole' && at < piece.length)
      outcome = { ...outcome, extraBytes: outcome.extraBytes + piece.length - at }
    return outcome
  }

  function takeBytes(piece: Buffer, at: number): number {
    const until = Math.min(piece.length, at + missing)
    bodyBytes += until - at
    if (bodyBytes > limits.bodyBytesMax) return fail(`more than ${limits.bodyBytesMax} bytes`, at)
    body.push(piece.subarray(at, until))
    missing -= until - at
    if (missing === 0 && step === 'body') finish()
    else if (missing === 0) step = 'chunk_end'
    return until
  }

  function takeLine(piece: Buffer, at: number): number {
    const found = piece.indexOf(LF, at)
    const until = found < 0 ? piece.length : found + 1
    lineBytes += until - at
    if (lineBytes > limits.lineBytesMax)
      return fail(`more than ${limits.lineBytesMax} bytes of headers`, at)
    line += piece.toString('latin1', at, until)
    if (found >= 0) {
      const whole = line.slice(0, line.endsWith('\r\n') ? -2 : -1)
      line = ''
      endLine(whole)
    }
    return until
  }

  function endLine(text: string): void {
    if (step === 'head') {
      if (text !== '') lines.push(text)
      // An empty line before the status line is an old habit of some servers.
      else if (lines.length > 0) endHead()
    } else if (step === 'chunk_size') beginChunk(text)
    else if (step === 'chunk_end') {
      if (text === '') step = 'chunk_size'
      else fail('a chunk is longer than its size')
    } else if (text === '') finish()
  }

  function endHead(): void {
    const parsed = parseHead(lines)
    lines = []
    if (typeof parsed === 'string') fail(parsed)
    else if (parsed.status === 101) fail('the peer switches to a protocol nobody asked for')
    else if (parsed.status >= 200) beginBody(parsed)
  }

  function beginBody(parsed: Head): void {
    head = parsed
    const { framing } = parsed
    if (framing.kind === 'chunked') {
      step = 'chunk_size'
      return
    }
    step = 'body'
    missing = framing.kind === 'length' ? framing.bytes : Number.POSITIVE_INFINITY
    if (missing === 0) finish()
    else if (framing.kind === 'length' && missing > limits.bodyBytesMax)
      fail(`more than ${limits.bodyBytesMax} bytes`)
  }

  function beginChunk(text: string): void {
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(text)
    if (size === null) {
      fail('a chunk has no size')
      return
    }
    missing = Number.parseInt(size[1] ?? '', 16)
    step = missing === 0 ? 'trailers' : 'chunk'
  }

  function finish(): void {
    if (head === null) return
    const { status, headers, reusable } = head
    const response = { status, headers, reusable, body: Buffer.concat(body) }
    outcome = { kind: 'whole', response, extraBytes: 0 }
  }

  function fail(reason: string, at = 0): number {
    outcome = { kind: 'broken', reason }
    return at
  }

  function end(): Parsed {
    if (outcome.kind !== 'more') return outcome
    if (head?.framing.kind === 'until_close') finish()
    else if (head === null && lineBytes === 0) fail('the connection ended without an answer')
    else fail('the connection ended in the middle of the answer')
    return outcome
  }

  return { push, end }
}
