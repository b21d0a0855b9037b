/** For verbs that only look: an answer of the venue within a bound, or the end with exit code 5 and the last cause that was heard. */
import type { Log } from '../domain/ports.ts'
import { UserError } from '../domain/user-error.ts'
import { say } from './verb.ts'

export const CLOCK_TIMEOUT_MS = 10_000
/** Longer than one request with all its repetitions may take when the venue answers at all. */
export const WINDOWS_TIMEOUT_MS = 30_000

export type Trouble = { readonly log: Log; last(): string | null }

/** A log that tells each trouble once and keeps the latest, for the sentence at the end. */
export function hearTrouble(tell: (line: string) => void = say): Trouble {
  let last: string | null = null
  const told = new Set<string>()

  function trouble(message: string, data: Readonly<Record<string, unknown>> = {}): void {
    const error = data['error']
    const cause =
      data['reason'] ?? data['reasons'] ?? (error instanceof Error ? error.message : undefined)
    last = cause === undefined ? message : String(cause)
    const line = cause === undefined ? message : `${message}: ${String(cause)}`
    if (told.has(line)) return
    told.add(line)
    tell(line)
  }

  return {
    log: { debug: () => undefined, info: () => undefined, warn: trouble, error: trouble },
    last: () => last,
  }
}

/** `what` is the sentence of what did not happen: "https://clob did not tell its time". */
export async function within<Answer>(
  answer: Promise<Answer>,
  timeoutMs: number,
  what: string,
  trouble: Pick<Trouble, 'last'>,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const cause = trouble.last()
      const why = cause === null ? '' : `: ${cause}`
      reject(new UserError('timeout', `${what} within ${timeoutMs / 1_000} s${why}`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
