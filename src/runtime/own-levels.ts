/**
 * The book as the twin of an order that waits has to see it: without the real one, which stands in it. To the twin it would be somebody who came later, of
 * whom some get ahead, and each of our fills would come to the twin too small.
 *
 * The feed does not say whose a level is. Ours is taken out from the moment when the level grew by as much as we placed, and until it shrinks by as much. Where
 * that was somebody else, the line before the twin looks longer than it is: fewer fills, and so less that is the same as on paper.
 */
import type { Book } from '../book/book.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { BookSide, OrderId, TokenId } from '../domain/ids.ts'
import { filledOf, isOver, type Order, type SubmitOutcome } from '../domain/order.ts'
import { microShares } from '../domain/units.ts'

type Own = {
  readonly order: Order
  readonly side: BookSide
  left: number
  /** As the feed told it last, ours in it or not. */
  level: number
  stands: boolean
}

export function createOwnLevels(book: (token: TokenId) => Book | undefined) {
  const waiting = new Map<OrderId, Own>()

  function levelOf({ token, limit }: Order, side: BookSide): number {
    return book(token)?.sizeAt(side, limit) ?? 0
  }

  function moved(one: Own, level: number): void {
    const grew = level - one.level
    if (!one.stands && grew >= one.left) one.stands = true
    else if (one.stands && -grew >= one.left) one.stands = false
    one.level = level
  }

  return {
    placed(order: Order): void {
      const side = order.action === 'BUY' ? 'BID' : 'ASK'
      const level = levelOf(order, side)
      waiting.set(order.id, { order, side, left: order.shares, level, stands: false })
    },

    /** The order, where it waited and does not any more. */
    heard(id: OrderId, outcome: SubmitOutcome): Order | null {
      const one = waiting.get(id)
      if (one === undefined) return null
      one.left = Math.max(0, one.order.shares - (filledOf(outcome)?.shares ?? 0))
      if (!isOver(outcome)) return null
      waiting.delete(id)
      return one.order
    },

    /** The event as it would be if nothing of ours waited. */
    without(event: EngineEvent): EngineEvent {
      if (waiting.size === 0) return event
      if (event.kind === 'book_snapshot')
        for (const one of waiting.values())
          if (one.order.token === event.token) moved(one, levelOf(one.order, one.side))
      if (event.kind !== 'book_delta') return event
      const { token, side, price, size } = event
      let ours = 0
      for (const one of waiting.values()) {
        if (one.order.token !== token || one.side !== side || one.order.limit !== price) continue
        moved(one, size)
        if (one.stands) ours += one.left
      }
      return ours === 0 ? event : { ...event, size: microShares(Math.max(0, size - ours)) }
    },
  }
}
