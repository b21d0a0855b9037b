/**
 * One price of one side: who stands in line there, first come first served. The crowd is told of by its whole size, so its place in line is a
 * model: what it adds joins at the back, what it takes away goes from the back, so that nobody is moved forward for free.
 */
export type Resting = {
  readonly id: string
  readonly account: string
  /** Micro-shares still wanted. */
  left: number
}

type Place = { readonly order: Resting | null; size: number }

export type Level = {
  total(): number
  /** What the crowd has here. */
  crowd(): number
  setCrowd(size: number): void
  join(order: Resting): void
  leave(id: string): void
  /** Takes from the front; tells each maker and what it gave. Null is the crowd. */
  take(shares: number, tell: (maker: Resting | null, shares: number) => void): void
  /** What each would give, without taking it. */
  peek(shares: number): number[]
  /** The same as `take` for orders of people only. */
  takePeople(shares: number, tell: (maker: Resting, shares: number) => void): number
}

export function createLevel(): Level {
  let places: Place[] = []

  const sizeOf = (place: Place): number => place.order?.left ?? place.size
  const crowd = (): number =>
    places.reduce((sum, place) => (place.order === null ? sum + place.size : sum), 0)

  function takeWhere(
    shares: number,
    wanted: (place: Place) => boolean,
    tell: (maker: Resting | null, shares: number) => void,
  ): number {
    let left = shares
    for (const place of places) {
      if (left === 0) break
      if (!wanted(place)) continue
      const given = Math.min(left, sizeOf(place))
      left -= given
      if (place.order === null) place.size -= given
      else place.order.left -= given
      if (given > 0) tell(place.order, given)
    }
    places = places.filter((place) => sizeOf(place) > 0)
    return shares - left
  }

  function peek(shares: number): number[] {
    const fills: number[] = []
    let left = shares
    for (const place of places) {
      const given = Math.min(left, sizeOf(place))
      left -= given
      if (given > 0) fills.push(given)
    }
    return fills
  }

  return {
    total: () => places.reduce((sum, place) => sum + sizeOf(place), 0),
    crowd,
    setCrowd(size) {
      let change = size - crowd()
      if (change > 0) {
        const last = places.at(-1)
        if (last?.order === null) last.size += change
        else places.push({ order: null, size: change })
        return
      }
      for (let at = places.length - 1; at >= 0 && change < 0; at -= 1) {
        const place = places[at] as Place
        if (place.order !== null) continue
        const gone = Math.min(place.size, -change)
        place.size -= gone
        change += gone
      }
      places = places.filter((place) => sizeOf(place) > 0)
    },
    join: (order) => void places.push({ order, size: 0 }),
    leave(id) {
      places = places.filter((place) => place.order?.id !== id)
    },
    peek,
    take: (shares, tell) => void takeWhere(shares, () => true, tell),
    takePeople: (shares, tell) =>
      takeWhere(
        shares,
        (place) => place.order !== null,
        (maker, given) => maker !== null && tell(maker, given),
      ),
  }
}
