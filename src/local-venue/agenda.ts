/** What is to be done at which millisecond. Items of one millisecond keep the order in which they were added. */
export type Agenda<Item extends { readonly atMs: number }> = {
  insert(item: Item): void
  /** For many at once. */
  addAll(items: readonly Item[]): void
  /** Takes the first item due by then. */
  takeDue(nowMs: number): Item | null
  nextAtMs(): number | null
}

/** Taken items are dropped from the front in lots, not one by one. */
const DROP_LOT = 1_024

export function createAgenda<Item extends { readonly atMs: number }>(): Agenda<Item> {
  let items: Item[] = []
  let first = 0

  return {
    insert: (item) => {
      let low = first
      let high = items.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((items[middle] as Item).atMs <= item.atMs) low = middle + 1
        else high = middle
      }
      items.splice(low, 0, item)
    },
    addAll: (more) => {
      items = [...items.slice(first), ...more].sort((a, b) => a.atMs - b.atMs)
      first = 0
    },
    takeDue: (nowMs) => {
      const item = items[first]
      if (item === undefined || item.atMs > nowMs) return null
      first += 1
      if (first >= DROP_LOT) {
        items = items.slice(first)
        first = 0
      }
      return item
    },
    nextAtMs: () => items[first]?.atMs ?? null,
  }
}
