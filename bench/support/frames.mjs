/** A seeded stream of market-channel frames of one market, in the mix and sizes of a busy BTC window. */

const MARKET = `0x${'5d'.repeat(32)}`
export const UP = '71234567890123456789012345678901234567890123456789012345678901234567890123456'
export const DOWN = '52345678901234567890123456789012345678901234567890123456789012345678901234567'

function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** 80 % price changes, 15 % tops, 3 % trades, 2 % full books of 60 levels; tops are those of the book they leave behind. */
export function makeFrames(count, seed = 1, market = MARKET, up = UP, down = DOWN) {
  const random = generator(seed)
  const hash = () =>
    Array.from({ length: 40 }, () => '0123456789abcdef'[Math.floor(random() * 16)]).join('')
  const bids = new Map()
  const asks = new Map()
  const size = () => String(Math.floor(random() * 90_000 + 100) / 100)
  for (let cent = 20; cent < 50; cent += 1) bids.set(cent, size())
  for (let cent = 51; cent < 81; cent += 1) asks.set(cent, size())
  const text = (cent) => String(cent / 100)
  const best = () => [Math.max(...bids.keys()), Math.min(...asks.keys())]
  let at = 1_789_459_204_000
  const book = (token) => {
    const mine = token === up
    const levels = (own, other, rising) => {
      const list = mine
        ? [...own.entries()]
        : [...other.entries()].map(([cent, s]) => [100 - cent, s])
      list.sort((a, b) => (rising ? a[0] - b[0] : b[0] - a[0]))
      return list.map(([cent, s]) => `{"price":"${text(cent)}","size":"${s}"}`).join(',')
    }
    return `{"market":"${market}","asset_id":"${token}","bids":[${levels(bids, asks, true)}],"asks":[${levels(asks, bids, false)}],"hash":"${hash()}","timestamp":"${at}","event_type":"book"}`
  }
  const change = () => {
    const isBid = random() < 0.5
    const side = isBid ? bids : asks
    const cent = isBid ? 20 + Math.floor(random() * 30) : 51 + Math.floor(random() * 30)
    const gone = random() < 0.02 && side.size > 5
    const next = gone ? '0' : size()
    if (gone) side.delete(cent)
    else side.set(cent, next)
    const [bid, ask] = best()
    const entry = (token, c, way, b, a) =>
      `{"asset_id":"${token}", "price":"${text(c)}", "size":"${next}", "side":"${way}", "hash":"${hash()}", "best_bid":"${text(b)}", "best_ask":"${text(a)}"}`
    return `{"market":"${market}", "price_changes":[${entry(up, cent, isBid ? 'BUY' : 'SELL', bid, ask)}, ${entry(down, 100 - cent, isBid ? 'SELL' : 'BUY', 100 - ask, 100 - bid)}], "timestamp":"${at}", "event_type":"price_change"}`
  }
  const frames = [Buffer.from(book(up)), Buffer.from(book(down))]
  while (frames.length < count) {
    at += 2
    const dice = random()
    const [bid, ask] = best()
    if (dice < 0.8) frames.push(Buffer.from(change()))
    else if (dice < 0.95)
      frames.push(
        Buffer.from(
          `{"market":"${market}","asset_id":"${up}","best_bid":"${text(bid)}","best_ask":"${text(ask)}","spread":"${text(ask - bid)}","timestamp":"${at}","event_type":"best_bid_ask"}`,
        ),
      )
    else if (dice < 0.98)
      frames.push(
        Buffer.from(
          `{"market":"${market}","asset_id":"${up}","price":"${text(ask)}","size":"12.8205","fee_rate_bps":"1000","side":"BUY","timestamp":"${at}","event_type":"last_trade_price","transaction_hash":"0x${'4f'.repeat(32)}"}`,
        ),
      )
    else frames.push(Buffer.from(book(random() < 0.5 ? up : down)))
  }
  return inPieces(frames)
}

/** As a socket delivers them: many frames in one piece of memory of 64 KiB. */
function inPieces(frames) {
  const laid = []
  let piece = Buffer.alloc(0)
  let used = 0
  for (const frame of frames) {
    if (used + frame.length > piece.length) {
      piece = Buffer.allocUnsafeSlow(65_536)
      used = 0
    }
    laid.push(piece.subarray(used, used + frame.copy(piece, used)))
    used += frame.length
  }
  return laid
}
