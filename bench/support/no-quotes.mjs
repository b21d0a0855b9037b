/** A bot that only shoots has no orders that wait. */
export const NO_QUOTES = {
  place: () => undefined,
  withdraw: () => undefined,
  withdrawAll: () => undefined,
  resume: () => undefined,
  nudge: () => undefined,
  nudgeAll: () => undefined,
  close: async () => false,
}
