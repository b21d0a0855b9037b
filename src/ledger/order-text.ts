/** An order as JSON, put together by hand: it is written down between the decision and the send, where `JSON.stringify` finds cold caches. */
import type { Order } from '../domain/order.ts'

const QUOTE = 34
const BACKSLASH = 92
const [FIRST, LAST] = [32, 126]
/** Around thirteen names and seven words. */
const QUOTES = 40

export function orderText(order: Order): string {
  const { id, conditionId, strategy, side, token, action, kind, postOnly } = order
  const { expiresAt, limit, spend, shares, decidedAt } = order
  const text = `{"id":"${id}","conditionId":"${conditionId}","strategy":"${strategy}","side":"${side}","token":"${token}","action":"${action}","kind":"${kind}","postOnly":${postOnly},"expiresAt":${expiresAt},"limit":${limit},"spend":${spend},"shares":${shares},"decidedAt":${decidedAt}}`
  const isWhole = Number.isFinite(limit + spend + shares + decidedAt + (expiresAt ?? 0))
  return isWhole && isPlain(text) ? text : JSON.stringify(order)
}

/** No word in it has anything that JSON would write otherwise. */
function isPlain(text: string): boolean {
  let quotes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) quotes += 1
    else if (code === BACKSLASH || code < FIRST || code > LAST) return false
  }
  return quotes === QUOTES
}
