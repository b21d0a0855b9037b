/** Percentiles of measured values. */
export function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}

/** How much better ours is at each percentile, where less is better. */
export function ratios(ours, rival) {
  return { p50: rival.p50 / ours.p50, p90: rival.p90 / ours.p90, p99: rival.p99 / ours.p99 }
}
