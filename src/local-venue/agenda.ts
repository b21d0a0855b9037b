/** What is to be done at which millisecond. Items of one millisecond keep the order in which they were added. */
export type Agenda<Item extends { readonly atMs: number }> = {
  add(items: readonly Item[]): void
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
    add: (more) => {
      const last = items.at(-1)
      const inOrder = last === undefined || first >= items.length
      items.push(...more)
      if (inOrder && more.length < 2) return
      if (more.length === 1 && (more[0] as Item).atMs >= (last as Item).atMs) return
      items = items.slice(first).sort((a, b) => a.atMs - b.atMs)
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
