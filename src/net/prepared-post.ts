/**
 * A signed POST that is ready before it is wanted: the whole request lies in one Buffer with two holes, the second and its signature.
 * Firing fills the holes and writes the Buffer; nothing is joined, encoded or allocated for the request at that moment.
 */
import { createHmac, createSecretKey } from 'node:crypto'

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
   * next stamp. The same second again costs nothing.
   */
  stamp(epochSec: number): Buffer
}

export type PostSigner = {
  readonly address: string
  readonly apiKey: string
  readonly passphrase: string
  /** base64 or base64url */
  readonly secret: string
}

export type PostArgs = {
  readonly host: string
  /** What is signed and asked for; without a query. */
  readonly path: string
  readonly body: string
  readonly signer: PostSigner
  readonly userAgent: string
}

export function preparePost({ host, path, body, signer, userAgent }: PostArgs): PreparedPost {
  const key = secretKey(signer.secret)
  const bodyBytes = Buffer.from(body)
  const upToStamp = head([
    [`POST ${requestPath(path)} HTTP/1.1`],
    ['Host', host],
    ['User-Agent', userAgent],
    ['Accept', 'application/json'],
    ['Connection', 'keep-alive'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(bodyBytes.length)],
    ['POLY_ADDRESS', signer.address],
    ['POLY_API_KEY', signer.apiKey],
    ['POLY_PASSPHRASE', signer.passphrase],
  ])
  const stampAt = upToStamp.length + 'POLY_TIMESTAMP: '.length
  const upToSignature = `${upToStamp}POLY_TIMESTAMP: ${'0'.repeat(STAMP_BYTES)}\r\nPOLY_SIGNATURE: `
  const signatureAt = upToSignature.length
  const request = Buffer.concat([
    Buffer.from(`${upToSignature}${'A'.repeat(SIGNATURE_BYTES)}=\r\n\r\n`, 'latin1'),
    bodyBytes,
  ])
  const signed = Buffer.concat([Buffer.from(`${'0'.repeat(STAMP_BYTES)}POST${path}`), bodyBytes])
  let stamped = Number.NaN

  return {
    body: bodyBytes,
    stamp(epochSec) {
      if (epochSec === stamped) return request
      if (!Number.isInteger(epochSec) || epochSec < STAMP_MIN || epochSec > STAMP_MAX)
        throw new RangeError(`a timestamp is ${STAMP_BYTES} digits of seconds, got ${epochSec}`)
      // Nothing is stamped until both holes are filled.
      stamped = Number.NaN
      writeDigits(signed, 0, epochSec)
      writeDigits(request, stampAt, epochSec)
      // The alphabet of base64url is the venue's; its missing `=` stands in the request already.
      const signature = createHmac('sha256', key).update(signed).digest('base64url')
      request.write(signature, signatureAt, SIGNATURE_BYTES, 'latin1')
      stamped = epochSec
      return request
    },
  }
}

/** A KeyObject, made once: a Buffer would be imported anew for every signature. */
function secretKey(secret: string) {
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
