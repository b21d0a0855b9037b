/**
 * The locks in front of real money. `--live` alone opens nothing: credentials must be there, the preflight must pass, and five seconds go by
 * in which Ctrl-C ends everything. The seconds run without a terminal too, and again after every restart.
 */
import type { LoadedConfig } from '../config/load.ts'
import type { BoundStrategy } from '../domain/strategy.ts'
import { UserError } from '../domain/user-error.ts'
import { bindStrategy } from './bot-setup.ts'
import { say } from './verb.ts'

const COUNTDOWN_SEC = 5

/** Returns when live trading may begin; throws the refusal otherwise. */
export async function passLiveLocks(loaded: LoadedConfig, abort: AbortSignal): Promise<void> {
  const { config } = loaded
  refuseBeyondShots(bindStrategy(config))
  if (config.venue === 'polymarket') {
    throw new UserError(
      'preflight',
      'live trading on Polymarket is locked in this version: the settlement rule and the risk limits that have to stand before real money are not there yet; run without --live, or live on the embedded venue',
    )
  }
  say(`LIVE ON EMBEDDED VENUE: starting in ${COUNTDOWN_SEC} seconds. Ctrl-C aborts.`)
  for (let left = COUNTDOWN_SEC; left > 0; left -= 1) {
    say(`  ${left}...`)
    await pause(1_000, abort)
  }
}

/** Live orders are signed and followed as fill-or-kill purchases; whatever else a strategy may want is not known to the venue's side yet. */
function refuseBeyondShots({ name, beyond }: BoundStrategy): void {
  if (beyond.length === 0) return
  throw new UserError(
    'preflight',
    `NOT_LIVE_YET: ${name} wants ${beyond.join(' and ')}, and live trading sends single fill-or-kill purchases only; run it without --live`,
  )
}

function pause(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(
        new UserError('preflight', 'live trading was aborted before it began; nothing was sent'),
      )
    }
    const timer = setTimeout(() => {
      abort.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (abort.aborted) stop()
    else abort.addEventListener('abort', stop, { once: true })
  })
}
