/** How a bot written quickly decides: each frame parsed into objects, books as sorted arrays, prices as floats, the average summed anew, checks as they come to mind. */

export function plainBot(start, end, up) {
  const prints = new Map()
  const books = new Map()
  let last = 0
  let taken = 0
  let decision = null

  function sideOf(book, side) {
    return side === 'BUY' ? book.bids : book.asks
  }

  function apply(token, { price, size, side }) {
    const book = books.get(token)
    if (book === undefined) return
    const levels = sideOf(book, side)
    const at = levels.findIndex((level) => level.price === Number(price))
    if (at >= 0) levels.splice(at, 1)
    if (Number(size) > 0) levels.push({ price: Number(price), size: Number(size) })
    levels.sort((a, b) => (side === 'BUY' ? b.price - a.price : a.price - b.price))
  }

  function decide(now) {
    const [yes, no] = [...books.values()]
    if (yes === undefined || no === undefined) return
    const endSec = end / 1e6
    let sum = 0
    let known = 0
    const moves = []
    let before = null
    for (let sec = endSec - 120; sec < endSec; sec += 1) {
      const price = prints.get(sec)
      if (price === undefined) continue
      if (sec >= endSec - 60) {
        sum += price
        known += 1
      }
      if (before !== null) moves.push(Math.log(price / before))
      before = price
    }
    const final = (sum + (60 - known) * last) / 60
    const mean = moves.reduce((total, move) => total + move, 0) / Math.max(1, moves.length)
    const sigma = Math.sqrt(
      moves.reduce((total, move) => total + (move - mean) ** 2, 0) / Math.max(1, moves.length),
    )
    const left = (end - now) / 1e6
    const score = (final - 91_290) / Math.max(1e-9, sigma * last * Math.sqrt(left))
    const chance = 1 / (1 + Math.exp(-1.702 * score))
    const side = final >= 91_290 ? 'UP' : 'DOWN'
    const book = side === 'UP' ? yes : no
    const ask = book.asks[0]
    const checks = [
      { name: 'time', ok: left > 0.3, note: `${left.toFixed(3)} s left` },
      { name: 'ask', ok: ask !== undefined, note: `ask ${ask?.price}` },
      { name: 'cap', ok: ask !== undefined && ask.price <= 0.01, note: `cap 0.01` },
      { name: 'size', ok: (ask?.size ?? 0) >= 5, note: `size ${ask?.size}` },
      { name: 'spread', ok: (ask?.price ?? 1) - (book.bids[0]?.price ?? 0) < 0.1, note: 'spread' },
      { name: 'edge', ok: chance - (ask?.price ?? 1) > 0, note: `chance ${chance.toFixed(4)}` },
      { name: 'start', ok: now > start, note: 'started' },
    ]
    taken += 1
    decision = { side, chance, final, checks, refused: checks.find(({ ok }) => !ok) ?? null }
  }

  return {
    decisions: () => taken,
    decision: () => decision,
    begin(now) {
      prints.clear()
      books.clear()
      for (let sec = start / 1e6 - 60; sec < now / 1e6 - 2; sec += 1)
        prints.set(sec, 91_300 + Math.sin((sec * 1e6) / 7e6) * 3)
    },
    trade(now) {
      last = 91_300 + Math.sin(now / 7e6) * 3
    },
    print(now) {
      prints.set(now / 1e6 - 2, 91_300 + Math.sin((now - 2e6) / 7e6) * 3)
    },
    frame(bytes, now, own) {
      const frame = JSON.parse(bytes.toString())
      if (frame.event_type === 'book') {
        const levels = (list) =>
          list.map(({ price, size }) => ({ price: Number(price), size: Number(size) }))
        books.set(frame.asset_id, {
          bids: levels(frame.bids).sort((a, b) => b.price - a.price),
          asks: levels(frame.asks).sort((a, b) => a.price - b.price),
        })
      } else if (frame.event_type === 'price_change') {
        for (const change of frame.price_changes)
          if (change.asset_id === own) apply(change.asset_id, change)
      } else return
      if (books.has(up)) decide(now)
    },
  }
}
