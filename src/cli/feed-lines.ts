/** What the doctor says of the sources of asset prices, after it listened to all of them for some seconds. */
import type { Config } from '../config/schema.ts'
import type { FeedChanged, PriceTick } from '../domain/events.ts'
import type { FeedName, PriceRole } from '../domain/ids.ts'
import type { EventSink } from '../domain/ports.ts'
import { type Line, ok } from './doctor-line.ts'

export type HeardFeeds = {
  readonly emit: EventSink
  lines(config: Config): Line[]
}

export function hearFeeds(): HeardFeeds {
  const ticks: PriceTick[] = []
  const states = new Map<FeedName, FeedChanged>()
  const wellHeard = (feed: FeedName, { assets }: Config): boolean =>
    assets.every((asset) => ticks.some((tick) => tick.feed === feed && tick.asset === asset))

  function lineOf(feed: FeedName, config: Config, standIn: FeedName | undefined): Line {
    const name = `prices from ${feed}`
    const count = ticks.filter((tick) => tick.feed === feed).length
    if (wellHeard(feed, config)) return ok(name, `${count} heard`)
    const state = states.get(feed)
    const detail =
      state === undefined || state.state === 'open'
        ? `${count} heard, and not of every asset`
        : `${state.state}: ${state.detail}`
    if (standIn !== undefined) return ok(name, `${detail}; ${standIn} stands in for it`)
    return {
      name,
      state: 'warning',
      detail,
      fix: 'check the network; other sources can be listed in prices.settlement and prices.spot',
    }
  }

  return {
    emit(event) {
      if (event.kind === 'price_tick') ticks.push(event)
      if (event.kind === 'feed') states.set(event.feed, event)
    },
    lines: (config) =>
      (['settlement', 'spot'] as const satisfies readonly PriceRole[]).flatMap((role) => {
        const feeds: readonly FeedName[] = config.prices[role]
        const standIn = feeds.find((feed) => wellHeard(feed, config))
        return feeds.map((feed) => lineOf(feed, config, standIn))
      }),
  }
}
