/** Gathers what is asked for in one turn of the engine and hands it over together, before anything else of the loop has its turn. */

/** `leave` must not throw: nobody is there to catch it. */
export function gatherTurn<Item>(
  leave: (items: readonly Item[]) => void,
  most: number,
): (item: Item) => void {
  let gathered: Item[] = []

  function end(): void {
    const all = gathered
    gathered = []
    for (let from = 0; from < all.length; from += most) leave(all.slice(from, from + most))
  }

  return (item) => {
    gathered.push(item)
    if (gathered.length === 1) queueMicrotask(end)
  }
}
