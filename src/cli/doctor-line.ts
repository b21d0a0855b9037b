/** One line of the doctor. */
export type Line = {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'fail'
  readonly detail: string
  readonly fix: string
}

export function ok(name: string, detail: string): Line {
  return { name, state: 'ok', detail, fix: '' }
}

export function warning(name: string, detail: string, fix: string): Line {
  return { name, state: 'warning', detail, fix }
}

export function fail(name: string, detail: string, fix: string): Line {
  return { name, state: 'fail', detail, fix }
}

/** A refusal is one sentence: what is wrong, and behind the first semicolon what to do. */
export function failOf(name: string, error: unknown, otherwise: string): Line {
  const message = error instanceof Error ? error.message : String(error)
  const [detail = '', ...fix] = message.split('; ')
  return fail(name, detail, fix.length === 0 ? otherwise : fix.join('; '))
}
