/** Waiting until something holds, but not for ever. */

export type Awaiting = {
  /** It may hold now. */
  look(): void
  /** Resolves when it holds, or after so long; true when it does. */
  wait(mostMs: number): Promise<boolean>
}

export function createAwaiting(holds: () => boolean): Awaiting {
  const waiters = new Set<() => void>()
  return {
    look() {
      if (holds()) for (const wake of waiters) wake()
    },
    wait(mostMs) {
      if (holds()) return Promise.resolve(true)
      return new Promise((resolve) => {
        const wake = (): void => {
          waiters.delete(wake)
          clearTimeout(timer)
          resolve(holds())
        }
        const timer = setTimeout(wake, mostMs)
        waiters.add(wake)
      })
    },
  }
}
