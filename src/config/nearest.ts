/** The known name a mistyped one was probably meant to be, or null when nothing is close. */
export function nearest(
  typed: string,
  known: readonly string[],
  distanceMax = Math.max(2, Math.floor(typed.length / 3)),
): string | null {
  let best: string | null = null
  let bestDistance = distanceMax + 1
  for (const name of known) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Same as `nearest`, as the end of a sentence. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const guess = nearest(typed, known)
  return guess === null ? '' : `; did you mean ${guess}?`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      )
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
