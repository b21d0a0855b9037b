/**
 * The talk at the start of a PolyBolt connection: who we are, then one subscription after the other, each answered. One operation in
 * 110 ms, because the server counts them.
 */
import type { Asset } from '../../domain/ids.ts'
import {
  authText,
  CHANNELS,
  type Channel,
  type FeedCredentials,
  type PolyBoltAnswer,
  subscribeText,
} from './polybolt-wire.ts'

export type PolyBoltTalkDeps = {
  readonly credentials: FeedCredentials
  readonly assets: readonly Asset[]
  send(text: string): void
  /** Every subscription was answered. */
  ready(): void
  /** The server will not have us, now or later. */
  refused(why: string): void
  /** This connection is of no use; another may be. */
  broken(why: string): void
  /** One subscription is not to be had. */
  unserved(what: string, code: string): void
}

export type PolyBoltTalk = {
  begin(): void
  hear(answer: PolyBoltAnswer): void
  end(): void
}

const BETWEEN_OPERATIONS_MS = 110
const ANSWER_TIMEOUT_MS = 10_000
/** Counts start anew every second. */
const RATE_LIMITED_MS = 1_000
const AUTH = 'auth'
/** Other answers to our name may be of the moment. */
const AUTH_IS_WRONG: readonly string[] = ['auth_invalid', 'auth_attempts', 'bad_op']

type Wish = { readonly rid: string; readonly channel: Channel; readonly asset: Asset }

export function createPolyBoltTalk(deps: PolyBoltTalkDeps): PolyBoltTalk {
  const wishes: readonly Wish[] = (Object.keys(CHANNELS) as Channel[]).flatMap((channel) =>
    deps.assets.map((asset) => ({ rid: `${channel}/${asset}`, channel, asset })),
  )
  /** Sent and not answered yet. */
  const open = new Map<string, NodeJS.Timeout>()
  let waiting: Wish[] = []
  let next: NodeJS.Timeout | undefined

  function say(rid: string, text: string): void {
    const late = (): void => deps.broken(`no answer to ${rid} within ${ANSWER_TIMEOUT_MS} ms`)
    clearTimeout(open.get(rid))
    open.set(rid, setTimeout(late, ANSWER_TIMEOUT_MS))
    deps.send(text)
  }

  function sayNext(): void {
    next = undefined
    const wish = waiting.shift()
    if (wish === undefined) return
    say(wish.rid, subscribeText(wish.rid, wish.channel, wish.asset))
    if (waiting.length > 0) next = setTimeout(sayNext, BETWEEN_OPERATIONS_MS)
  }

  function later(ms: number): void {
    clearTimeout(next)
    next = setTimeout(sayNext, ms)
  }

  function end(): void {
    clearTimeout(next)
    for (const timer of open.values()) clearTimeout(timer)
    open.clear()
    waiting = []
  }

  function onRefusal(rid: string, code: string): void {
    if (rid === AUTH && AUTH_IS_WRONG.includes(code)) return deps.refused(code)
    if (rid === AUTH || code.startsWith('auth_')) return deps.broken(`${rid}: ${code}`)
    const wish = wishes.find((one) => one.rid === rid)
    if (wish === undefined) return
    if (code !== 'rate_limited') return deps.unserved(rid, code)
    waiting.push(wish)
    later(RATE_LIMITED_MS)
  }

  return {
    begin() {
      end()
      say(AUTH, authText(AUTH, deps.credentials))
    },
    hear({ op, rid, code }) {
      // Not about an operation of ours: our name does not count any more.
      if (rid === null && op === 'error') return onRefusal(AUTH, code ?? 'no code')
      if (rid === null || !open.has(rid)) return
      clearTimeout(open.get(rid))
      open.delete(rid)
      if (op === 'error') onRefusal(rid, code ?? 'no code')
      else if (rid === AUTH) {
        waiting = [...wishes]
        later(BETWEEN_OPERATIONS_MS)
      }
      if (open.size === 0 && waiting.length === 0 && rid !== AUTH) deps.ready()
    },
    end,
  }
}
