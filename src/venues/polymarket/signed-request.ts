/** The headers that show a request to be ours: for the few small requests beside orders, where nothing hurries. */
import { createHmac } from 'node:crypto'
import type { PostSigner } from '../../net/prepared-post.ts'

export type SignedRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Without a query. */
  readonly path: string
  readonly body: string
  readonly epochSec: number
}

export function signedHeaders(
  signer: PostSigner,
  { method, path, body, epochSec }: SignedRequest,
): Readonly<Record<string, string>> {
  const secret = signer.secret.replaceAll('-', '+').replaceAll('_', '/')
  const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`${epochSec}${method}${path}${body}`)
    .digest('base64')
  return {
    POLY_ADDRESS: signer.address,
    POLY_API_KEY: signer.apiKey,
    POLY_PASSPHRASE: signer.passphrase,
    POLY_TIMESTAMP: String(epochSec),
    POLY_SIGNATURE: signature.replaceAll('+', '-').replaceAll('/', '_'),
  }
}
