/** `lastsecond logs | head -1`: the reader has seen enough and closes. That is an end like any other, and no error. */
import { EXIT } from './verb.ts'

export function endWhereNobodyReads(): void {
  let ending = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (ending) return
    ending = true
    // A verb that has something to close in order ends as it does at a signal.
    if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
    else process.exit(EXIT.ok)
  })
  // Nobody hears complaints any more; the exit code still tells.
  process.stderr.on('error', () => undefined)
}
