/** API keys: who has one, and whether a request carries the signature of one. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { getAddress } from 'ethers'
import { credentialsOf } from '../credentials.ts'
import type { Credentials } from '../feeds/polybolt.ts'
import { type Ask, ok, type Reply, type Routes, refusal } from '../http.ts'
import { keySigner } from './typed-data.ts'

/** Old requests are refused. How old the real venue takes is not known. */
const TIMESTAMP_TOLERANCE_SEC = 60

export type KeyOwner = { readonly address: string; readonly credentials: Credentials }

/** Whose wallet signed, and which of its keys is meant. */
type Asker = { readonly address: string; readonly nonce: string }

export type Keys = {
  /** The owner of the key that signed a request, or null. */
  ownerOf(ask: Ask): KeyOwner | null
  knows(credentials: Credentials): KeyOwner | null
  readonly routes: Routes
}

export const UNAUTHORIZED = refusal(401, 'Unauthorized/Invalid api key')

export type KeysDeps = {
  readonly seed: number
  /** Has a key from the start. */
  readonly account: string
  nowMs(): number
  /** Told of each owner of a new key. */
  onOwner(owner: KeyOwner): void
}

export function createKeys(deps: KeysDeps): Keys {
  const byKey = new Map<string, KeyOwner>()
  /** By address and nonce. */
  const byNonce = new Map<string, KeyOwner>()

  function make({ address, nonce }: Asker): KeyOwner {
    const owner = { address, credentials: credentialsOf(deps.seed, address, nonce) }
    byNonce.set(`${address}/${nonce}`, owner)
    byKey.set(owner.credentials.apiKey, owner)
    deps.onOwner(owner)
    return owner
  }

  function knows(given: Credentials): KeyOwner | null {
    const owner = byKey.get(given.apiKey)
    if (owner === undefined) return null
    const { secret, passphrase } = owner.credentials
    return given.secret === secret && given.passphrase === passphrase ? owner : null
  }

  function isFresh(timestamp: string): boolean {
    return (
      /^\d{9,11}$/.test(timestamp) &&
      Math.abs(deps.nowMs() / 1_000 - Number(timestamp)) <= TIMESTAMP_TOLERANCE_SEC
    )
  }

  function ownerOf(ask: Ask): KeyOwner | null {
    const owner = byKey.get(header(ask, 'poly_api_key'))
    const timestamp = header(ask, 'poly_timestamp')
    if (owner === undefined || !isFresh(timestamp)) return null
    if (header(ask, 'poly_passphrase') !== owner.credentials.passphrase) return null
    if (header(ask, 'poly_address').toLowerCase() !== owner.address.toLowerCase()) return null
    const expected = requestSignature(
      owner.credentials.secret,
      timestamp + ask.method + ask.path + ask.body,
    )
    return sameText(header(ask, 'poly_signature'), expected) ? owner : null
  }

  /** The address that asks for a key, proven by its wallet. */
  function asker(ask: Ask): Asker | null {
    const address = header(ask, 'poly_address')
    const timestamp = header(ask, 'poly_timestamp')
    const nonce = header(ask, 'poly_nonce') || '0'
    if (!/^0x[0-9a-fA-F]{40}$/.test(address) || !/^\d{1,20}$/.test(nonce) || !isFresh(timestamp))
      return null
    const signer = keySigner(address, timestamp, nonce, header(ask, 'poly_signature'))
    return signer !== null && signer.toLowerCase() === address.toLowerCase()
      ? { address: getAddress(address), nonce: String(BigInt(nonce)) }
      : null
  }

  function asked(then: (asker: Asker) => Reply): (ask: Ask) => Reply {
    return (ask) => {
      const asking = asker(ask)
      return asking === null ? refusal(401, 'Invalid L1 Request headers') : then(asking)
    }
  }

  function owned(then: (owner: KeyOwner) => Reply): (ask: Ask) => Reply {
    return (ask) => {
      const owner = ownerOf(ask)
      return owner === null ? UNAUTHORIZED : then(owner)
    }
  }

  make({ address: getAddress(deps.account), nonce: '0' })
  return {
    ownerOf,
    knows,
    routes: {
      'POST /auth/api-key': asked((asking) =>
        byNonce.has(`${asking.address}/${asking.nonce}`)
          ? refusal(400, 'Could not create api key')
          : ok(make(asking).credentials),
      ),
      'GET /auth/derive-api-key': asked(({ address, nonce }) => {
        const owner = byNonce.get(`${address}/${nonce}`)
        return owner === undefined
          ? refusal(400, 'Could not derive api key!')
          : ok(owner.credentials)
      }),
      'GET /auth/api-keys': owned(({ address }) =>
        ok({
          apiKeys: [...byKey.values()]
            .filter((owner) => owner.address === address)
            .map(({ credentials }) => credentials.apiKey),
        }),
      ),
      'DELETE /auth/api-key': owned((owner) => {
        byKey.delete(owner.credentials.apiKey)
        for (const [name, one] of byNonce) if (one === owner) byNonce.delete(name)
        return ok('OK')
      }),
      'GET /auth/ban-status/closed-only': owned(() => ok({ closed_only: false })),
    },
  }
}

function header(ask: Ask, name: string): string {
  const value = ask.headers[name]
  return typeof value === 'string' ? value : ''
}

export function requestSignature(secret: string, message: string): string {
  const key = Buffer.from(secret.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
  return createHmac('sha256', key)
    .update(message)
    .digest('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
