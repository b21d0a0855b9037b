/**
 * Something the person at the keyboard can mend. The message is one clear sentence that names the thing and the fix; the
 * command line prints it without a stack and exits with the code of its kind.
 */
export type UserErrorKind =
  | 'general'
  | 'usage'
  | 'not_running'
  | 'config'
  | 'timeout'
  | 'halted'
  | 'preflight'

export class UserError extends Error {
  readonly kind: UserErrorKind

  constructor(kind: UserErrorKind, message: string) {
    super(message)
    this.name = 'UserError'
    this.kind = kind
  }
}
