/** Frames of the markets that `wire` shoots at: a full book, deep changes that decide nothing, and the one change that does. */

/** The trigger brings the ask down to the cap; everything else stays away from the top. */
const BEST_BID = 50
const BEST_ASK = 52
const CAP = 51
const DEEPEST = 20
const HIGHEST = 80

export const CAP_TEXT = '0.51'

export function marketOf(n) {
  const digits = String(n).padStart(6, '0')
  return {
    conditionId: `0x${n.toString(16).padStart(64, '0')}`,
    slug: `btc-updown-15m-${digits}`,
    up: `7${'1'.repeat(69)}${digits}1`,
    down: `7${'1'.repeat(69)}${digits}2`,
  }
}

const text = (cent) => String(cent / 100)

/** What a subscriber of this token hears first, as the channel wraps it. */
export function bookText({ conditionId, up }, token, at = Date.now()) {
  const own = (from, to) =>
    Array.from({ length: to - from + 1 }, (_, n) => `{"price":"${text(from + n)}","size":"120.5"}`)
  const [bids, asks] =
    token === up
      ? [own(DEEPEST, BEST_BID), own(BEST_ASK, HIGHEST).reverse()]
      : [own(100 - HIGHEST, 100 - BEST_ASK), own(100 - BEST_BID, 100 - DEEPEST).reverse()]
  return `{"market":"${conditionId}","asset_id":"${token}","bids":[${bids}],"asks":[${asks}],"hash":"${'5d'.repeat(20)}","timestamp":"${at}","event_type":"book","tick_size":"0.01"}`
}

/** Far from the top: bids below the best but one, asks above. */
export function deepChange(market, random) {
  const isBid = random() < 0.5
  const cent = isBid ? DEEPEST + Math.floor(random() * 28) : 54 + Math.floor(random() * 26)
  return change(market, cent, isBid, (random() * 900 + 1).toFixed(2), BEST_ASK)
}

export function triggerFrame(market) {
  return change(market, CAP, false, '150', CAP)
}

export function resetFrame(market) {
  return change(market, CAP, false, '0', BEST_ASK)
}

function change({ conditionId, up, down }, cent, isBid, size, bestAsk) {
  const entry = (token, price, way, bid, ask) =>
    `{"asset_id":"${token}", "price":"${text(price)}", "size":"${size}", "side":"${way}", "hash":"${'4f'.repeat(20)}", "best_bid":"${text(bid)}", "best_ask":"${text(ask)}"}`
  const [mine, other] = isBid ? ['BUY', 'SELL'] : ['SELL', 'BUY']
  return `{"market":"${conditionId}", "price_changes":[${entry(up, cent, mine, BEST_BID, bestAsk)}, ${entry(down, 100 - cent, other, 100 - bestAsk, 100 - BEST_BID)}], "timestamp":"${Date.now()}", "event_type":"price_change"}`
}
