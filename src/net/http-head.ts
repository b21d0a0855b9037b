/** The head of an HTTP/1.1 answer: its status, its headers, and how the end of its body will be known. */

export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until_close' }

export type Head = {
  readonly status: number
  /** Names in lower case; what came twice is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly framing: Framing
  /** The connection may carry another request after this answer. */
  readonly reusable: boolean
}

/** The head, or a sentence that says what is wrong with it. */
export function parseHead(lines: readonly string[]): Head | string {
  const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(lines[0] ?? '')
  if (statusLine === null) return 'the answer does not begin with an HTTP/1.1 status line'
  const headers = parseHeaders(lines)
  if (typeof headers === 'string') return headers
  const status = Number(statusLine[2])
  const framing = framingOf(status, headers)
  if (typeof framing === 'string') return framing
  return { status, headers, framing, reusable: isReusable(statusLine[1] === '1', headers, framing) }
}

function parseHeaders(lines: readonly string[]): Record<string, string> | string {
  // Without a prototype, a header may be called anything.
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  let last = ''
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const folded = /^[ \t]+(.*)$/.exec(line)
    if (folded !== null && last !== '') {
      headers[last] = `${headers[last]} ${trimBlanks(folded[1] ?? '')}`
      continue
    }
    const parts = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/s.exec(line)
    if (parts === null) return 'a header of the answer has no name'
    last = (parts[1] ?? '').toLowerCase()
    const value = trimBlanks(parts[2] ?? '')
    if (value.includes('\r') || value.includes('\0')) return `the header ${last} is not one line`
    const before = headers[last]
    headers[last] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

function framingOf(status: number, headers: Record<string, string>): Framing | string {
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', bytes: 0 }
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') return `the transfer coding ${coding} was not asked for`
    return { kind: 'chunked' }
  }
  const length = headers['content-length']
  if (length === undefined) return { kind: 'until_close' }
  const lengths = new Set(length.split(',').map(trimBlanks))
  const [only] = lengths
  // Fifteen digits are far beyond every limit, and exact.
  if (lengths.size !== 1 || only === undefined || !/^\d{1,15}$/.test(only))
    return `the content length ${length} is not a length`
  return { kind: 'length', bytes: Number(only) }
}

function isReusable(isNew: boolean, headers: Record<string, string>, framing: Framing): boolean {
  if (framing.kind === 'until_close') return false
  // Two ways to tell the length are one too many: somebody between may have read the other one.
  if (framing.kind === 'chunked' && headers['content-length'] !== undefined) return false
  const wishes = (headers['connection'] ?? '').toLowerCase().split(',').map(trimBlanks)
  return isNew ? !wishes.includes('close') : wishes.includes('keep-alive')
}
