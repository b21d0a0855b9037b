/**
 * Sources of the same prices, the better one first. Only the first runs as long as it serves; the next is started when one before it
 * refuses or goes silent for an asset, and is let go when that one has been well for a while.
 */
import type { FeedChanged, PriceTick } from '../domain/events.ts'
import type { Asset, FeedName } from '../domain/ids.ts'
import type { EventSink, PriceFeed } from '../domain/ports.ts'
import { MICROS_PER_MS, type Micros } from '../domain/units.ts'

export type StandbySource = {
  readonly name: FeedName
  make(emit: EventSink): PriceFeed
}

export type StandbyDeps = {
  readonly sources: readonly StandbySource[]
  readonly assets: readonly Asset[]
  /** Silence longer than this calls for the next one. */
  readonly lostAfterMs: number
  /** How long a better one must be well before the one behind it is let go. */
  readonly trustAfterMs?: number
  readonly emit: EventSink
  readonly now: () => Micros
}

type Member = {
  readonly name: FeedName
  readonly feed: PriceFeed
  readonly heardAt: Map<Asset, Micros>
  startedAt: Micros | null
  wellSince: Micros | null
  refused: boolean
}

const CHECK_MS = 500
const TRUST_AFTER_MS = 60_000

export function createStandbyFeed(deps: StandbyDeps): PriceFeed {
  const { now, trustAfterMs = TRUST_AFTER_MS } = deps
  const members = deps.sources.map(memberOf)
  let ended: Promise<unknown> = Promise.resolve()
  let checks: NodeJS.Timeout | undefined
  let closed = false

  function memberOf({ name, make }: StandbySource): Member {
    const member: Member = {
      name,
      feed: make((event) => {
        if (event.kind === 'price_tick') onTick(member, event)
        if (event.kind === 'feed') onFeed(member, event)
        deps.emit(event)
        if (member.refused) arrange()
      }),
      heardAt: new Map(),
      startedAt: null,
      wellSince: null,
      refused: false,
    }
    return member
  }

  function onTick(member: Member, { asset, recvAt }: PriceTick): void {
    member.heardAt.set(asset, recvAt)
  }

  function onFeed(member: Member, { state }: FeedChanged): void {
    if (state === 'refused') member.refused = true
  }

  /** Who was started just now has as long as anybody to speak. */
  function isWell(member: Member, at: Micros): boolean {
    const { startedAt } = member
    if (member.refused || startedAt === null) return false
    return deps.assets.every(
      (asset) => at - (member.heardAt.get(asset) ?? startedAt) <= deps.lostAfterMs * MICROS_PER_MS,
    )
  }

  /** Those up to the first that is well run; those behind one that has long been well rest. */
  function arrange(): void {
    if (closed) return
    const at = now()
    let isServed = false
    let isTrusted = false
    for (const member of members) {
      if (isTrusted) rest(member)
      else if (!isServed && member.startedAt === null) start(member, at)
      const well = isWell(member, at)
      member.wellSince = well ? (member.wellSince ?? at) : null
      isServed ||= well
      isTrusted ||= well && at - (member.wellSince ?? at) >= trustAfterMs * MICROS_PER_MS
    }
  }

  function start(member: Member, at: Micros): void {
    member.startedAt = at
    member.heardAt.clear()
    member.feed.start()
  }

  function rest(member: Member): void {
    if (member.startedAt === null || member.refused) return
    member.startedAt = null
    const { feed, name } = member
    ended = Promise.all([ended, feed.close()])
    const at = now()
    const detail = 'a better source is well again'
    deps.emit({ kind: 'feed', feed: name, state: 'standby', detail, recvAt: at, venueAt: null })
  }

  return {
    start() {
      arrange()
      checks = setInterval(arrange, CHECK_MS)
    },
    async close() {
      closed = true
      clearInterval(checks)
      await Promise.all([ended, ...members.map(({ feed }) => feed.close())])
    },
  }
}
