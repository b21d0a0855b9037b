/**
 * Whether a connection is alive, where it carries many series: only when each of them has answered. One that froze while the others go
 * on is as bad as a frozen socket. A series that this connection never brought is not waited for, else a topic that was taken out of
 * service would have us reconnect for ever.
 */
export type RollCall = {
  /** A new connection. */
  begin(): void
  /** True when with this one all have answered since the last time. */
  answered(series: string): boolean
}

export function createRollCall(): RollCall {
  const expected = new Set<string>()
  const present = new Set<string>()
  return {
    begin() {
      expected.clear()
      present.clear()
    },
    answered(series) {
      expected.add(series)
      present.add(series)
      if (present.size < expected.size) return false
      present.clear()
      return true
    },
  }
}
