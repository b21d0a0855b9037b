/**
 * The chain of certificates: each carries the hash of the one before it, so that none can be changed, taken out or put in between without every later
 * hash telling. What a chain cannot tell is that its end was cut off: for that, keep a number and its hash somewhere else.
 *
 * hash = SHA-256 of six lines: prev_hash, seq, kind, condition_id, at_micros, body_json. The first one follows 64 zeros.
 */
import { createHash } from 'node:crypto'
import type Database from 'libsql'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { Certificate } from './rows.ts'

/** What wrote a certificate: the program and the settings it ran with. */
export type Origin = {
  readonly code: { readonly version: string | null; readonly hash: string | null }
  /** SHA-256 of the settings in force, none of them secret. */
  readonly config: string | null
}

export const UNKNOWN_ORIGIN: Origin = { code: { version: null, hash: null }, config: null }

export type Link = {
  readonly seq: number
  readonly condition_id: string
  readonly kind: string
  readonly at_micros: number
  readonly prev_hash: string
  readonly hash: string
  readonly body_json: string
}

export type ChainState = {
  /** Of those that were looked at, and the hash of the last whole one. */
  readonly count: number
  readonly head: string
  /** The first number at which it does not hold. */
  readonly broken: { readonly seq: number; readonly why: string } | null
}

const FIRST_PREV = '0'.repeat(64)
const PAGE = 500
const TAIL = 'SELECT seq, hash FROM certificates ORDER BY seq DESC LIMIT 1'
const APPEND = 'INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, ?)'
const PAGES = 'SELECT * FROM certificates WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?'

export type Chain = {
  append(certificate: Certificate): void
  /** What is appended from now on was written under these settings. */
  setSettings(text: string): void
}

/** Of the settings as one text: whoever starts with the same ones has the same hash. */
export function settingsHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** For the one connection that writes; called within its transaction. */
export function createChain(database: Database.Database, initial: Origin): Chain {
  let origin = initial
  const tail = database.prepare(TAIL)
  const insert = database.prepare(APPEND)
  return {
    append({ kind, conditionId, at, body }) {
      const last = tail.get() as Pick<Link, 'seq' | 'hash'> | undefined
      const link = {
        seq: (last?.seq ?? 0) + 1,
        condition_id: conditionId,
        kind,
        at_micros: at,
        prev_hash: last?.hash ?? FIRST_PREV,
        body_json: canonicalJson({ ...origin, [kind]: body }),
      }
      const { seq, condition_id, at_micros, prev_hash, body_json } = link
      insert.run(seq, condition_id, kind, at_micros, prev_hash, hashOf(link), body_json)
    },
    setSettings(text) {
      origin = { ...origin, config: settingsHash(text) }
    },
  }
}

/** From the first to the last, or to the one with that number. */
export function verifyChain(
  database: Database.Database,
  upTo = Number.MAX_SAFE_INTEGER,
): ChainState {
  const page = database.prepare(PAGES)
  let count = 0
  let head = FIRST_PREV
  for (;;) {
    const links = page.all(count, upTo, PAGE) as Link[]
    for (const link of links) {
      const why = faultOf(link, count + 1, head)
      if (why !== null) return { count, head, broken: { seq: count + 1, why } }
      count += 1
      head = link.hash
    }
    if (links.length < PAGE) return { count, head, broken: null }
  }
}

function faultOf(link: Link, seq: number, prev: string): string | null {
  if (link.seq !== seq) return 'it is missing'
  if (link.prev_hash !== prev) return 'it does not follow the one before it'
  if (link.hash !== hashOf(link)) return 'its text is not the one that was written'
  return null
}

function hashOf(link: Omit<Link, 'hash'>): string {
  const { prev_hash, seq, kind, condition_id, at_micros, body_json } = link
  const lines = [prev_hash, seq, kind, condition_id, at_micros, body_json]
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
