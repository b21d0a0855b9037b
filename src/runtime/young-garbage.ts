/**
 * Empties the nursery at a moment of our choosing. It fills while shots are rehearsed, and V8 empties it when it is full: that must not be in the
 * last second. Asked for a while before, it does not come then.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'minor' }) => void

let collect: Collect | null = null

/** A millisecond or a few. */
export function sweepYoung(): void {
  collect ??= exposed()
  collect({ type: 'minor' })
}

/** The collector is shown to contexts that are made while the flag stands, and stays hidden in ours. */
function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as Collect
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
