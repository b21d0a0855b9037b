/**
 * Seeded randomness. A generator is named by words; equal words give equal numbers on every machine, and each purpose has
 * its own generator, so that a draw added in one place moves nothing in another.
 */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number
  /** A whole number in [0, limit). */
  below(limit: number): number
  between(low: number, high: number): number
  chance(probability: number): boolean
  /** Standard normal. */
  normal(): number
  /** exp of a normal whose median is `median`; the heavier `spread`, the fatter the tail. */
  logNormal(median: number, spread: number): number
  /** How often something happens that happens `mean` times on average. */
  poisson(mean: number): number
}

const TWO_TO_32 = 4_294_967_296
/** Above this mean the Poisson draw is a rounded normal: the product of uniforms would take as many draws as the mean. */
const POISSON_EXACT_MAX = 30

export function createRandom(...words: readonly (string | number)[]): Random {
  const next = mixer(words.join('/'))
  const normal = (): number => {
    // 1 - next() is never 0, so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    return radius * Math.cos(2 * Math.PI * next())
  }
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    between: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
    normal,
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson: (mean) => {
      if (mean > POISSON_EXACT_MAX) {
        return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
      }
      const floor = Math.exp(-mean)
      let product = next()
      let count = 0
      while (product > floor) {
        product *= next()
        count += 1
      }
      return count
    },
  }
}

/** Four 32-bit words of state from the name, then a small fast counter generator over them. */
function mixer(name: string): () => number {
  let a = scramble(name, 0x9e3779b9)
  let b = scramble(name, 0x243f6a88)
  let c = scramble(name, 0xb7e15162)
  let counter = 1
  const step = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / TWO_TO_32
  }
  // The first outputs still resemble the name.
  for (let warm = 0; warm < 12; warm += 1) step()
  return step
}

function scramble(text: string, salt: number): number {
  let hash = salt | 0
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
    hash = (hash << 13) | (hash >>> 19)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
