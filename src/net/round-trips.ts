/** How long the most recent requests took, there and back. Bounded: old samples fall out, as they say nothing about now. */

const SAMPLES_MAX = 256

export type RoundTripSummary = {
  readonly p50Micros: number
  readonly p99Micros: number
  readonly samples: number
}

export type RoundTrips = {
  add(micros: number): void
  summary(): RoundTripSummary | null
}

export function createRoundTrips(samplesMax = SAMPLES_MAX): RoundTrips {
  const samples: number[] = []
  let next = 0

  return {
    add(micros) {
      if (!Number.isFinite(micros) || micros < 0) return
      samples[next] = micros
      next = (next + 1) % samplesMax
    },
    summary() {
      if (samples.length === 0) return null
      const sorted = [...samples].sort((a, b) => a - b)
      return {
        p50Micros: atRank(sorted, 0.5),
        p99Micros: atRank(sorted, 0.99),
        samples: sorted.length,
      }
    },
  }
}

/** The smallest sample that is not exceeded by the given share of them all. */
function atRank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
