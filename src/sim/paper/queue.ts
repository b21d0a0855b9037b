/**
 * Where an order of ours stands in the line at its price. Whoever was there before us is served first; of those who come later some get ahead of us all the
 * same, since a level does not say who left it. When a level shrinks without a trade, those who left are taken to have stood evenly along it.
 */
export type QueuePlace = {
  /** Shares of others that are served before us, in millionths. */
  ahead: number
  /** The level as it was last seen, without us. */
  level: number
}

export function joinQueue(level: number): QueuePlace {
  return { ahead: level, level }
}

/** The level changed to this size for another reason than a trade that we know of. */
export function levelMoved(place: QueuePlace, size: number, addAhead: number): void {
  if (size > place.level) place.ahead += Math.floor((size - place.level) * addAhead)
  else if (place.level > 0) place.ahead = Math.floor((place.ahead * size) / place.level)
  place.level = size
  place.ahead = Math.min(place.ahead, place.level)
}

/** So much was traded at our price; returns what of it reaches us. */
export function tradedAt(place: QueuePlace, size: number): number {
  const others = Math.min(place.ahead, size)
  place.ahead -= others
  place.level = Math.max(0, place.level - others)
  return size - others
}
