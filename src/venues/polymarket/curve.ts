/**
 * Signs a digest with a wallet's key: by the native curve where this machine can load it, else by the one that `ethers` brings, which gives
 * the same bytes ten times as slowly.
 */
import { createRequire } from 'node:module'
import { SigningKey } from 'ethers'

type Native = typeof import('secp256k1/bindings.js')

const native = load()

function load(): Native | null {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as Native
  } catch {
    return null
  }
}

export type CurveKind = 'native' | 'javascript'

/** What signs in this process. */
export const CURVE: CurveKind = native === null ? 'javascript' : 'native'

const RS_BYTES = 64
const V_OF_EVEN = 27

/** 65 bytes as the chain wants them, in hex. */
export type Curve = (digest: Uint8Array) => string

export function createCurve(privateKey: string, kind: CurveKind = CURVE): Curve {
  // Also where the native curve signs: it is this one that refuses what is no key.
  const key = new SigningKey(privateKey)
  if (kind === 'native' && native !== null) return nativeCurve(native, key.privateKey)
  return (digest) => key.sign(digest).serialized
}

function nativeCurve({ ecdsaSign }: Native, privateKey: string): Curve {
  const secret = Buffer.from(privateKey.slice(2), 'hex')
  const signature = Buffer.alloc(RS_BYTES + 1)
  const rs = signature.subarray(0, RS_BYTES)
  return (digest) => {
    const { recid } = ecdsaSign(digest, secret, undefined, rs)
    signature[RS_BYTES] = V_OF_EVEN + recid
    return `0x${signature.toString('hex')}`
  }
}
