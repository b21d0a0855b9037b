/** Asks the same question again and again: often at first, then calmly, and at once when somebody has heard something. */

const FIRST_MS = 250
const GROWTH = 1.5

export type Asking = {
  /** Now, and often again. */
  soon(): void
  stop(): void
}

export type AskingDeps = {
  ask(): Promise<void>
  /** How long it waits at most between two questions, as things stand. */
  mostMs(): number
  failed(error: unknown): void
}

export function askAgain({ ask, mostMs, failed }: AskingDeps): Asking {
  let timer = setTimeout(run, FIRST_MS)
  let waitMs = FIRST_MS * GROWTH
  let asking = false
  let again = false
  let stopped = false

  function plan(): void {
    if (stopped) return
    timer = setTimeout(run, Math.min(waitMs, mostMs()))
    waitMs *= GROWTH
  }

  function run(): void {
    clearTimeout(timer)
    if (stopped) return
    if (asking) {
      again = true
      return
    }
    asking = true
    ask()
      .catch(failed)
      .finally(() => {
        asking = false
        if (!again) return plan()
        again = false
        run()
      })
      // Everything that can fail in there is handled there.
      .catch(() => undefined)
  }

  return {
    soon() {
      waitMs = FIRST_MS
      run()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
