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
