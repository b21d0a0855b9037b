/** Facts -> log lines: discovery to finder.log, everything about a shot to trades.log. */
import { changesText } from '../domain/change.ts'
import type { EngineFact } from '../domain/facts.ts'
import { listenerName } from '../domain/ids.ts'
import { assertNever } from '../domain/invariant.ts'
import { kindWords } from '../domain/order.ts'
import type { FactSink, Log } from '../domain/ports.ts'
import { formatMicro, formatPrice } from '../domain/units.ts'

export function createLogSink({ finder, trades }: { finder: Log; trades: Log }): FactSink {
  function accept(fact: EngineFact): void {
    switch (fact.kind) {
      case 'found':
      case 'skipped':
      case 'clock':
        return discovery(fact, finder)
      case 'listening':
        return trades.info('trader started: YES and NO listeners open', { slug: fact.market.slug })
      case 'armed':
        return trades.info('armed: both books are here', { slug: fact.market.slug })
      case 'fire_at': {
        const { sec, why } = fact.fireAt
        return trades.info('second chosen', { slug: fact.market.slug, fireAtSec: sec, why })
      }
      case 'listener':
      case 'book_doubt':
      case 'tick_size':
      case 'stale':
        return listening(fact, trades)
      case 'feed':
        return source(fact, finder)
      case 'decided':
        return decided(fact, trades)
      case 'submitted':
      case 'outcome':
        return shot(fact, trades)
      case 'stray_outcome':
        return trades.error('an outcome for an order that is not open', {
          orderId: fact.orderId,
          outcome: fact.outcome,
          known: fact.known,
        })
      case 'passed':
        return trades.info('window passed without a shot', {
          slug: fact.market.slug,
          reason: fact.reason,
        })
      case 'awaiting_resolution':
        return trades.info('window closed, waiting for the result', { slug: fact.market.slug })
      case 'settled':
        return settled(fact, trades)
      case 'sealed':
      case 'judged':
        return certificate(fact, trades)
      case 'venue_closed':
        return trades.warn(`the venue takes no orders for now: ${fact.reason}`, {
          holdFireSec: Math.ceil((fact.until - fact.at) / 1_000_000),
        })
      case 'operator':
        return trades.info(`operator: ${fact.action}`)
      case 'parameters':
        return trades.info(`settings changed: ${changesText(fact.changes)}`, { by: fact.by })
      case 'account':
        return trades.debug('account', { ...fact.account })
      case 'stakes':
        return stakes(fact, trades)
      case 'halted':
        return trades.error(`trading is halted: ${fact.halt.cause}: ${fact.halt.why}`)
      case 'restored':
        return trades.info('ledger read', { cash: formatMicro(fact.cash), openShots: fact.shots })
      default:
        return assertNever(fact)
    }
  }
  return { accept, close: () => Promise.resolve() }
}

function discovery(
  fact: Extract<EngineFact, { kind: 'found' | 'skipped' | 'clock' }>,
  finder: Log,
): void {
  switch (fact.kind) {
    case 'found':
      return finder.info('window taken up', {
        slug: fact.market.slug,
        conditionId: fact.market.conditionId,
      })
    case 'skipped':
      return finder.info('window skipped', { slug: fact.market.slug, reason: fact.reason })
    case 'clock':
      return finder.debug('venue clock', {
        offsetMs: fact.offsetMicros / 1_000,
        errorMs: fact.errorMicros / 1_000,
      })
  }
}

function decided({ decision }: Extract<EngineFact, { kind: 'decided' }>, trades: Log): void {
  const { slug, refusedBy, why, side, leftMicros, checks } = decision
  trades.debug('decided', { slug, refusedBy, why, side, leftMs: leftMicros / 1_000, checks })
}

function settled(fact: Extract<EngineFact, { kind: 'settled' }>, trades: Log): void {
  const { market, decision, reason, winner, pnl, cash } = fact.settlement
  trades.info('settled', {
    slug: market.slug,
    decision,
    reason,
    winner,
    pnl: formatMicro(pnl),
    cash: formatMicro(cash),
  })
}

function source(fact: Extract<EngineFact, { kind: 'feed' }>, finder: Log): void {
  const { feed, state, detail } = fact
  const isWell = state === 'open' || state === 'live' || state === 'standby'
  finder[isWell ? 'info' : 'warn'](`price feed ${state}`, { feed, detail })
}

function stakes(
  { stakes: { rung }, move }: Extract<EngineFact, { kind: 'stakes' }>,
  trades: Log,
): void {
  if (move === null) return trades.debug('stakes', { rung })
  trades.warn(`stakes: from ${move.from} to ${move.to}: ${move.why}`)
}

function shot(fact: Extract<EngineFact, { kind: 'submitted' | 'outcome' }>, trades: Log): void {
  switch (fact.kind) {
    case 'submitted': {
      const { side, limit, shares, spend, id } = fact.order
      return trades.info(`${kindWords(fact.order)} sent`, {
        orderId: id,
        side,
        limit: formatPrice(limit),
        shares: formatMicro(shares),
        spend: formatMicro(spend),
      })
    }
    case 'outcome': {
      const data = { orderId: fact.order.id, outcome: fact.outcome, cash: formatMicro(fact.cash) }
      return fact.outcome.state === 'rejected'
        ? trades.error('Order rejected', data)
        : trades.info(`order ${fact.outcome.state}`, data)
    }
  }
}

function listening(
  fact: Extract<EngineFact, { kind: 'listener' | 'book_doubt' | 'tick_size' | 'stale' }>,
  trades: Log,
): void {
  switch (fact.kind) {
    case 'listener': {
      const data = {
        conditionId: fact.conditionId,
        listener: listenerName(fact.side),
        detail: fact.detail,
      }
      return fact.state === 'lost'
        ? trades.error('listener lost', data)
        : trades.info(`listener ${fact.state}`, data)
    }
    case 'book_doubt':
      return trades.warn('a book is in doubt until a fresh one comes', {
        conditionId: fact.conditionId,
        token: fact.token,
        doubt: fact.doubt,
      })
    case 'tick_size':
      return trades.info('tick size changed', {
        conditionId: fact.conditionId,
        token: fact.token,
        tickSize: formatPrice(fact.tickSize),
      })
    case 'stale':
      return trades.warn('No quotes available: a book is stale', {
        conditionId: fact.conditionId,
        listener: listenerName(fact.side),
        ageMs: Math.round(fact.ageMicros / 1_000),
      })
  }
}

/** A winner that we would have named otherwise is worth a person's look. */
function certificate(fact: Extract<EngineFact, { kind: 'sealed' | 'judged' }>, trades: Log): void {
  if (fact.kind === 'sealed') {
    const { slug, trail } = fact.sealed
    return trades.debug('sealed', { slug, seconds: trail.seconds.length })
  }
  const { slug, winner, own, agrees, refusedBy, otherwise } = fact.judged
  const pnl = otherwise === null ? null : formatMicro(otherwise.pnl)
  const data = { slug, winner, own, refusedBy, otherwisePnl: pnl }
  return agrees === false
    ? trades.warn("the venue's winner is not ours", data)
    : trades.debug('judged', data)
}
