import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPosts, type PostsArgs } from '../../src/net/prepared-post.ts'

const SECRET = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const SIGNER = {
  address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  apiKey: '00000000-0000-4000-8000-000000000001',
  passphrase: 'let me in',
  secret: SECRET,
}
const ARGS = {
  host: 'clob.example',
  path: '/order',
  body: '{"orderID":"0xabc"}',
  signer: SIGNER,
  userAgent: 'lastsecond/test',
}

const preparePost = ({ body, ...args }: PostsArgs & { readonly body: string }) =>
  createPosts(args)(body)

function read(request: Buffer) {
  const text = request.toString('utf8')
  const end = text.indexOf('\r\n\r\n')
  const [first, ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  return { first, headers, count: lines.length, body: text.slice(end + 4) }
}

/** As the venue checks it, written down another way than the code under test. */
function expected(secret: string, message: string): string {
  const key = Buffer.from(secret.replace(/-/g, '+').replace(/_/g, '/'), 'base64')
  const base64 = createHmac('sha256', key).update(message, 'utf8').digest('base64')
  return base64.replace(/\+/g, '-').replace(/\//g, '_')
}

describe('a prepared DELETE', () => {
  test('is signed as one', () => {
    const made = preparePost({ ...ARGS, method: 'DELETE' }).stamp(1_795_219_200)
    const { first, headers } = read(made)
    expect(first).toBe('DELETE /order HTTP/1.1')
    expect(headers.get('POLY_SIGNATURE')).toBe('FkQdDxS4jY4lfoTCJLfiE46wHR2a4v7DmqcGimLtdM8=')
  })
})

describe('a prepared POST', () => {
  test('is a whole request', () => {
    const { first, headers, count, body } = read(preparePost(ARGS).stamp(1_795_219_200))
    expect(first).toBe('POST /order HTTP/1.1')
    expect(body).toBe(ARGS.body)
    expect(Object.fromEntries(headers)).toEqual({
      Host: 'clob.example',
      'User-Agent': 'lastsecond/test',
      Accept: 'application/json',
      Connection: 'keep-alive',
      'Content-Type': 'application/json',
      'Content-Length': '19',
      POLY_ADDRESS: SIGNER.address,
      POLY_API_KEY: SIGNER.apiKey,
      POLY_PASSPHRASE: 'let me in',
      POLY_TIMESTAMP: '1795219200',
      POLY_SIGNATURE: expected(SECRET, '1795219200POST/order{"orderID":"0xabc"}'),
    })
    expect(count).toBe(headers.size)
  })

  test('is signed as the known vectors are', () => {
    // The vectors sign other methods; the same helper that reproduces them says what a POST must carry.
    expect(expected(SECRET, '1795219200GET/data/orders')).toBe(
      'xvSLq-9c99Tqs90LaS4oCdLTW6ZNUMMW8qsgRMZN_EA=',
    )
    expect(expected(SECRET, '1795219200DELETE/order{"orderID":"0xabc"}')).toBe(
      'FkQdDxS4jY4lfoTCJLfiE46wHR2a4v7DmqcGimLtdM8=',
    )
    expect(expected(`${'A'.repeat(43)}=`, '1000000test-sign/orders{"hash": "0x123"}')).toBe(
      'ZwAdJKvoYRlEKDkNMwd5BuwNNtg93kNaR_oU2HrfVvc=',
    )
  })

  test('in any order of seconds foreseen and stamped is what it would be without foresight', () => {
    const second = fc.integer({ min: 1_795_219_200, max: 1_795_219_204 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), second), { minLength: 1 }), (steps) => {
        const post = preparePost(ARGS)
        for (const [ahead, sec] of steps) {
          if (ahead) post.foresee(sec)
          else expect(post.stamp(sec)).toEqual(preparePost(ARGS).stamp(sec))
        }
      }),
    )
  })

  test('of a second that cannot be is not foreseen, and what was stamped stays', () => {
    const post = preparePost(ARGS)
    const before = Buffer.from(post.stamp(1_795_219_200))
    for (const wrong of [0, 1.5, Number.NaN, 10_000_000_000])
      expect(() => post.foresee(wrong)).toThrow(RangeError)
    expect(post.stamp(1_795_219_200)).toEqual(before)
  })

  test('for any body, secret and second carries the signature of exactly what it sends', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }), { minLength: 1 }),
        (body, key, url, seconds) => {
          const secret = Buffer.from(key).toString(url ? 'base64url' : 'base64')
          const post = preparePost({ ...ARGS, body, signer: { ...SIGNER, secret } })
          for (const second of seconds) {
            const sent = read(post.stamp(second))
            expect(sent.body).toBe(body)
            expect(sent.headers.get('Content-Length')).toBe(String(Buffer.byteLength(body)))
            expect(sent.headers.get('POLY_TIMESTAMP')).toBe(String(second))
            const message = `${second}POST/order${body}`
            expect(sent.headers.get('POLY_SIGNATURE')).toBe(expected(secret, message))
          }
          expect(post.body.toString()).toBe(body)
        },
      ),
    )
  })

  test('is patched in place, and not at all for the second it already bears', () => {
    const post = preparePost(ARGS)
    const first = post.stamp(1_795_219_200)
    const text = first.toString()
    expect(post.stamp(1_795_219_201)).toBe(first)
    expect(first.toString()).not.toBe(text)
    expect(first.length).toBe(text.length)
    expect(post.stamp(1_795_219_200).toString()).toBe(text)
    first[0] = 0
    expect(post.stamp(1_795_219_200)[0]).toBe(0)
  })

  test.each([0, -1, 999_999_999, 10_000_000_000, 1_795_219_200.5, Number.NaN])(
    'refuses %d as a second',
    (second) => {
      expect(() => preparePost(ARGS).stamp(second)).toThrow('10 digits')
    },
  )

  test.each([
    ['a line break in the passphrase', { ...SIGNER, passphrase: 'a\r\nHost: evil' }],
    ['a line break in the address', { ...SIGNER, address: '0x\n' }],
    ['an empty key', { ...SIGNER, apiKey: '' }],
    ['an empty secret', { ...SIGNER, secret: '' }],
  ])('refuses %s without showing it', (_what, signer) => {
    let message = ''
    try {
      preparePost({ ...ARGS, signer })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).not.toBe('')
    expect(message).not.toContain('evil')
  })

  test.each(['order', '/or der', '/order\r\nX: y', ''])('refuses %j as a path', (path) => {
    expect(() => preparePost({ ...ARGS, path })).toThrow('path')
  })
})
