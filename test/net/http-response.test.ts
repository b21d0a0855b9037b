import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createResponseParser,
  type HttpResponse,
  type Parsed,
  type ResponseLimits,
} from '../../src/net/http-response.ts'

/** Fed in pieces cut at these places; with `close`, the peer ends after the last. */
function parse(
  text: string | Buffer,
  cuts: readonly number[] = [],
  close = false,
  limits?: ResponseLimits,
): Parsed {
  const bytes = Buffer.from(text)
  const parser = createResponseParser(limits)
  let parsed: Parsed = { kind: 'more' }
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    parsed = parser.push(bytes.subarray(from, cut))
    from = cut
  }
  return close ? parser.end() : parsed
}

/** Whole, cut in two at every place, and byte by byte: all must say the same. */
function parseEveryWay(text: string | Buffer, close = false): Parsed {
  const length = Buffer.from(text).length
  const parsed = parse(text, [], close)
  for (let cut = 0; cut <= length; cut += 1) expect(parse(text, [cut], close)).toEqual(parsed)
  const everywhere = Array.from({ length }, (_, index) => index)
  expect(parse(text, everywhere, close)).toEqual(parsed)
  return parsed
}

function response(parsed: Parsed): HttpResponse {
  if (parsed.kind !== 'whole') throw new Error(`expected a whole answer, got ${parsed.kind}`)
  return parsed.response
}

function brokenBy(parsed: Parsed): string {
  if (parsed.kind !== 'broken') throw new Error(`expected a broken answer, got ${parsed.kind}`)
  return parsed.reason
}

describe('an answer', () => {
  test('with a content length', () => {
    const parsed = parseEveryWay(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCONTENT-length:  10 \r\nx-a: 1\r\nX-A: 2\r\n\r\n{"a":"é"}',
    )
    expect(response(parsed)).toMatchObject({ status: 200, reusable: true })
    expect(response(parsed).body.toString()).toBe('{"a":"é"}')
    expect({ ...response(parsed).headers }).toEqual({
      'content-type': 'application/json',
      'content-length': '10',
      'x-a': '1, 2',
    })
  })

  test('in chunks, with extensions and trailers', () => {
    const parsed = parseEveryWay(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nab\r\n\r\n00A ;x="y"\r\n0123456789\r\n0\r\nX-After: 1\r\n\r\n',
    )
    expect(response(parsed).body.toString()).toBe('ab\r\n0123456789')
    expect(response(parsed).reusable).toBe(true)
  })

  test('after interim answers', () => {
    const parsed = parseEveryWay(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno',
    )
    expect(response(parsed)).toMatchObject({ status: 400 })
    expect({ ...response(parsed).headers }).toEqual({ 'content-length': '2' })
    expect(response(parsed).body.toString()).toBe('no')
  })

  test.each([204, 304])('of %i has no body, whatever its length says', (status) => {
    const parsed = parseEveryWay(`HTTP/1.1 ${status} x\r\nContent-Length: 5\r\n\r\n`)
    expect(response(parsed).body.length).toBe(0)
  })

  test('without a length ends with the connection', () => {
    const text = 'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>'
    expect(parse(text).kind).toBe('more')
    const parsed = parseEveryWay(text, true)
    expect(response(parsed)).toMatchObject({ status: 502, reusable: false })
    expect(response(parsed).body.toString()).toBe('<html>')
  })

  test.each([
    ['a lone LF ends a line too', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', 'ok'],
    ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['an empty line first', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', 'ok'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n', ''],
    [
      'a header called __proto__',
      'HTTP/1.1 200 OK\r\n__proto__: a\r\nContent-Length: 0\r\n\r\n',
      '',
    ],
  ])('%s', (_what, text, body) => {
    expect(response(parseEveryWay(text)).body.toString()).toBe(body)
  })

  test('tells whether the connection may go on', () => {
    const reusable = (head: string) =>
      response(parse(`${head}\r\nContent-Length: 0\r\n\r\n`)).reusable
    expect(reusable('HTTP/1.1 200 OK')).toBe(true)
    expect(reusable('HTTP/1.1 200 OK\r\nConnection: x, Close')).toBe(false)
    expect(reusable('HTTP/1.0 200 OK')).toBe(false)
    expect(reusable('HTTP/1.0 200 OK\r\nConnection: Keep-Alive')).toBe(true)
    const both =
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    expect(response(parse(both)).reusable).toBe(false)
  })

  test('counts what lies beyond its end', () => {
    const one = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
    expect(parse(`${one}HTTP`)).toMatchObject({ kind: 'whole', extraBytes: 4 })
    expect(parse(`${one}HTTP`, [one.length, one.length + 1])).toMatchObject({ extraBytes: 4 })
    expect(parse(one)).toMatchObject({ extraBytes: 0 })
  })
})

describe('what is not an answer', () => {
  test.each([
    ['<html>\r\n\r\n', 'status line'],
    ['HTTP/2 200\r\n\r\n', 'status line'],
    ['HTTP/1.1 099 x\r\n\r\n', 'status line'],
    ['HTTP/1.1 2000 x\r\n\r\n', 'status line'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'protocol'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'no name'],
    ['HTTP/1.1 200 OK\r\nSpace : a\r\n\r\n', 'no name'],
    ['HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n', 'not one line'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'not a length'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n', 'not a length'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n', 'more than 1048576 bytes'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'transfer coding'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'no size'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', 'longer than its size'],
  ])('%j', (text, reason) => {
    expect(brokenBy(parseEveryWay(text))).toContain(reason)
  })

  test.each([
    ['', 'without an answer'],
    ['HTTP/1.1 200 OK\r\nContent-Le', 'in the middle'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'in the middle'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok', 'in the middle'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n', 'in the middle'],
  ])('half of one, cut off after %j', (text, reason) => {
    expect(brokenBy(parseEveryWay(text, true))).toContain(reason)
  })

  test('a peer that does not stop', () => {
    const limits = { lineBytesMax: 64, bodyBytesMax: 10 }
    const head = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(64)}`
    expect(brokenBy(parse(head, [10, 20, 30], false, limits))).toContain('64 bytes of headers')
    const hints = 'HTTP/1.1 102 x\r\n\r\n'.repeat(10)
    expect(brokenBy(parse(hints, [], false, limits))).toContain('64 bytes of headers')
    const open = `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(11)}`
    expect(brokenBy(parse(open, [], false, limits))).toContain('more than 10 bytes')
    const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n${'x'.repeat(11)}`
    expect(brokenBy(parse(chunks, [], false, limits))).toContain('more than')
  })
})

describe('any pieces', () => {
  const bodies = fc.uint8Array({ maxLength: 300 })
  const cuts = fc.array(fc.nat(700), { maxLength: 20 })

  test('of any body give that body', () => {
    fc.assert(
      fc.property(
        bodies,
        fc.array(fc.integer({ min: 1, max: 40 })),
        cuts,
        (body, sizes, places) => {
          const bytes = Buffer.from(body)
          const parts = [Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')]
          for (let at = 0, index = 0; at < bytes.length; index += 1) {
            const size = Math.min(sizes[index] ?? 50, bytes.length - at)
            parts.push(Buffer.from(`${size.toString(16)}\r\n`), bytes.subarray(at, at + size))
            parts.push(Buffer.from('\r\n'))
            at += size
          }
          parts.push(Buffer.from('0\r\n\r\n'))
          const chunked = Buffer.concat(parts)
          const plain = Buffer.concat([
            Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`),
            bytes,
          ])
          for (const text of [chunked, plain]) {
            const sorted = places.filter((cut) => cut < text.length).sort((a, b) => a - b)
            const parsed = response(parse(text, sorted))
            expect(parsed.body.equals(bytes)).toBe(true)
            expect(parsed.reusable).toBe(true)
          }
        },
      ),
    )
  })

  test('of any garbage give one outcome, the same however it is cut, and never throw', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(
          fc.constantFrom(
            'HTTP/1.1 200 OK',
            'HTTP/1.1 100 Continue',
            '\r\n',
            '\n',
            '\r',
            'Content-Length: 3',
            'Transfer-Encoding: chunked',
            '2',
            'ab',
            '0',
            ' ',
            ':',
          ),
          { maxLength: 30 },
        )
        .map((words) => Buffer.from(words.join(''))),
    )
    fc.assert(
      fc.property(garbage, cuts, (bytes, places) => {
        const sorted = places.filter((cut) => cut < bytes.length).sort((a, b) => a - b)
        expect(parse(bytes, sorted, true)).toEqual(parse(bytes, [], true))
      }),
      { numRuns: 1_000 },
    )
  })
})
