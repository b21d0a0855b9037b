/** The other end of the launcher: a process that it started dies with it, and hears its signals. */

/** Set for the child alone, and taken out of its environment at once. */
export const LAUNCHED_BY = 'LASTSECOND_LAUNCHED_BY'
/** The key of a message that stands for a signal. */
export const FORWARDED = 'lastsecond_signal'

type Heard = (signal: NodeJS.Signals) => void

let heard: Heard = byDefault

/** To be called first of all. */
export function bindToLauncher(): void {
  const launcher = process.env[LAUNCHED_BY]
  if (launcher === undefined) return
  delete process.env[LAUNCHED_BY]
  if (!process.connected) return die()
  process.on('disconnect', die)
  process.on('message', (message) => {
    const signal = (message as Readonly<Record<string, unknown>> | null)?.[FORWARDED]
    if (typeof signal === 'string') heard(signal as NodeJS.Signals)
  })
  // To listen is no reason to stay.
  process.channel?.unref()
}

/** Who hears the signals that the launcher got. Returns the way back. */
export function onForwardedSignal(handler: Heard): () => void {
  heard = handler
  return () => {
    heard = byDefault
  }
}

function byDefault(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal)
}

/** The launcher was killed, and whoever killed it meant us. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
