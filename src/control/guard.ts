/** Who may ask, and who may say. */
import { timingSafeEqual } from 'node:crypto'
import { digestOf } from './control-key.ts'

/**
 * A page in the user's own browser can make a name of its own point at this machine; what gives it away is the name in the Host header.
 * Loopback names, the configured host and the very address that was called are ours.
 */
export function isOurHost(
  header: string | undefined,
  configured: string,
  calledAddress: string | undefined,
): boolean {
  const name = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header ?? '')
  const host = (name?.[1] ?? name?.[2])?.toLowerCase()
  if (host === undefined) return false
  return (
    host === 'localhost' ||
    host === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(host) ||
    host === configured.toLowerCase() ||
    // An address cannot be made to point elsewhere, as a name can.
    host === calledAddress?.replace(/^::ffff:/, '').toLowerCase()
  )
}

export function isKey(given: string | string[] | undefined, digest: Uint8Array): boolean {
  return typeof given === 'string' && timingSafeEqual(digestOf(given), digest)
}

/** So many in each second, and no more: what comes from outside must not fill the trading thread's turns. */
export function createAllowance(perSecond: number, nowMs: () => number): () => boolean {
  let second = 0
  let used = 0
  return () => {
    const now = Math.floor(nowMs() / 1_000)
    if (now !== second) {
      second = now
      used = 0
    }
    used += 1
    return used <= perSecond
  }
}
