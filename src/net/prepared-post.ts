/**
 * A signed request that is ready before it is wanted: the whole request lies in one Buffer with two holes, the second and its signature.
 * Firing fills the holes and writes the Buffer; nothing is joined, encoded or allocated for the request at that moment.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

const STAMP_BYTES = 10
/** 32 bytes as base64: 43 characters and one `=`, which never changes and is written once. */
const SIGNATURE_BYTES = 43
const STAMP_MIN = 10 ** (STAMP_BYTES - 1)
const STAMP_MAX = 10 ** STAMP_BYTES - 1
const ZERO = 48

export type PreparedPost = {
  /** The body alone, exactly as it is signed and sent. */
  readonly body: Buffer
  /**
   * The whole request with this second's timestamp and signature. It is always the same Buffer, patched in place: write it before the
   * next stamp. The same second again costs nothing, and one that was foreseen next to nothing.
   */
  stamp(epochSec: number): Buffer
  /** Works out the signature of a second that is to come. Two are kept: of this second and the next one. */
  foresee(epochSec: number): void
}

export type PostSigner = {
  readonly address: string
  readonly apiKey: string
  readonly passphrase: string
  /** base64 or base64url */
  readonly secret: string
}

export type PostsArgs = {
  readonly host: string
  readonly method?: 'POST' | 'DELETE'
  /** What is signed and asked for; without a query. */
  readonly path: string
  readonly signer: PostSigner
  readonly userAgent: string
}

/** All that such requests have in common, made once. */
export function createPosts(args: PostsArgs): (body: string) => PreparedPost {
  const { host, path, signer, userAgent, method = 'POST' } = args
  const key = secretKey(signer.secret)
  const upToLength = head([
    [`${method} ${requestPath(path)} HTTP/1.1`],
    ['Host', host],
    ['User-Agent', userAgent],
    ['Accept', 'application/json'],
    ['Connection', 'keep-alive'],
    ['Content-Type', 'application/json'],
  ])
  const upToStamp = head([
    ['POLY_ADDRESS', signer.address],
    ['POLY_API_KEY', signer.apiKey],
    ['POLY_PASSPHRASE', signer.passphrase],
  ])
  return (body) => preparePost({ key, signs: `${method}${path}`, upToLength, upToStamp }, body)
}

type Common = {
  readonly key: KeyObject
  /** The method and the path, between the second and the body. */
  readonly signs: string
  readonly upToLength: string
  readonly upToStamp: string
}

function preparePost({ key, signs, ...common }: Common, body: string): PreparedPost {
  const bodyBytes = Buffer.from(body)
  const upToStamp = `${common.upToLength}Content-Length: ${bodyBytes.length}\r\n${common.upToStamp}`
  const stampAt = upToStamp.length + 'POLY_TIMESTAMP: '.length
  const upToSignature = `${upToStamp}POLY_TIMESTAMP: ${'0'.repeat(STAMP_BYTES)}\r\nPOLY_SIGNATURE: `
  const signatureAt = upToSignature.length
  const request = Buffer.concat([
    Buffer.from(`${upToSignature}${'A'.repeat(SIGNATURE_BYTES)}=\r\n\r\n`, 'latin1'),
    bodyBytes,
  ])
  const signed = Buffer.concat([Buffer.from(`${'0'.repeat(STAMP_BYTES)}${signs}`), bodyBytes])
  let stamped = Number.NaN
  const foreseen = [
    { epochSec: Number.NaN, signature: '' },
    { epochSec: Number.NaN, signature: '' },
  ]

  function sign(epochSec: number): string {
    if (!Number.isInteger(epochSec) || epochSec < STAMP_MIN || epochSec > STAMP_MAX)
      throw new RangeError(`a timestamp is ${STAMP_BYTES} digits of seconds, got ${epochSec}`)
    writeDigits(signed, 0, epochSec)
    // The alphabet of base64url is the venue's; its missing `=` stands in the request already.
    return createHmac('sha256', key).update(signed).digest('base64url')
  }

  return {
    body: bodyBytes,
    stamp(epochSec) {
      if (epochSec === stamped) return request
      const known = foreseen[epochSec % 2]
      const signature = known?.epochSec === epochSec ? known.signature : sign(epochSec)
      // Nothing is stamped until both holes are filled.
      stamped = Number.NaN
      writeDigits(request, stampAt, epochSec)
      request.write(signature, signatureAt, SIGNATURE_BYTES, 'latin1')
      stamped = epochSec
      return request
    },
    foresee(epochSec) {
      const slot = foreseen[epochSec % 2]
      if (slot?.epochSec === epochSec) return
      foreseen[epochSec % 2] = { epochSec, signature: sign(epochSec) }
    },
  }
}

/** A KeyObject, made once: a Buffer would be imported anew for every signature. */
function secretKey(secret: string): KeyObject {
  const bytes = Buffer.from(secret.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
  if (bytes.length === 0) throw new Error('the secret of the API key is empty or not base64')
  return createSecretKey(bytes)
}

function requestPath(path: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(path)) throw new Error('a path begins with / and has no spaces')
  return path
}

function head(lines: readonly (readonly [string, string?])[]): string {
  let text = ''
  for (const [name, value] of lines) {
    // A line break in a value would be a header, or a request, of somebody else's making. The value may be a secret: it is not shown.
    if (value !== undefined && !/^[\x20-\x7e]+$/.test(value))
      throw new Error(`the header ${name} must be a plain line of ASCII text`)
    text += value === undefined ? `${name}\r\n` : `${name}: ${value}\r\n`
  }
  return text
}

function writeDigits(into: Buffer, at: number, value: number): void {
  let rest = value
  for (let index = at + STAMP_BYTES - 1; index >= at; index -= 1) {
    const tenth = Math.floor(rest / 10)
    into[index] = ZERO + rest - tenth * 10
    rest = tenth
  }
}
