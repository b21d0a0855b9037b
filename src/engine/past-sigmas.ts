/** The volatility as it stood some seconds ago: what is usual has to be measured before the burst that is held against it. */

/** One more than the longest way back that can be asked for. */
const SLOTS = 32

export type PastSigmas = {
  add(sec: number, sigma: number | null): void
  /** As of that second, or of the last one before it that is still kept; null when there is none. */
  at(sec: number): number | null
}

export function createPastSigmas(): PastSigmas {
  const seconds = new Float64Array(SLOTS)
  const sigmas = new Float64Array(SLOTS)
  return {
    add(sec, sigma) {
      const slot = sec % SLOTS
      if (sigma === null || (seconds[slot] as number) >= sec) return
      seconds[slot] = sec
      sigmas[slot] = sigma
    },
    at(sec) {
      for (let at = sec; at > sec - SLOTS; at -= 1) {
        const slot = at % SLOTS
        if (seconds[slot] === at) return sigmas[slot] as number
      }
      return null
    },
  }
}
