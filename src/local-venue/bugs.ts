/**
 * What broke inside the venue. One broken act must not end the process with all its services, and must not go unseen either: it is said on
 * stderr, kept for `GET /state`, and every test that starts a venue looks that there is none.
 */
export type Bugs = {
  /** Runs it; what it throws is reported. */
  attempt(act: () => void): void
  report(error: unknown): void
  list(): readonly string[]
}

const KEPT = 20

export function createBugs(say: (text: string) => void): Bugs {
  const kept: string[] = []
  const report = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (kept.length < KEPT) kept.push(text)
    say(`A bug of the embedded venue, which goes on without it: ${text}\n`)
  }
  return {
    attempt(act) {
      try {
        act()
      } catch (error) {
        report(error)
      }
    },
    report,
    list: () => [...kept],
  }
}
