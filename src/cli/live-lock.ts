/**
 * The locks in front of real money. `--live` alone opens nothing: what protects the money has to be on, a dry run has to have shown what it can do, credentials
 * must be there, the preflight must pass, and five seconds go by in which Ctrl-C ends everything. The seconds run without a terminal too, and again after
 * every restart.
 */
import { join } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import { givenParams, strategiesNamed, strategyNames } from '../config/params.ts'
import type { Config } from '../config/schema.ts'
import type { StakeSettings } from '../domain/stakes.ts'
import type { Micros } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { paperProof, stakesIn } from '../ledger/trust.ts'
import { paperRefusal } from '../risk/stake-ladder.ts'
import { stakeSettings } from './bot-setup.ts'
import { safeguardOff } from './safeguards.ts'
import { say } from './verb.ts'

const COUNTDOWN_SEC = 5

/** Returns when live trading may begin; throws the refusal otherwise. */
export async function passLiveLocks(loaded: LoadedConfig, abort: AbortSignal): Promise<void> {
  const { config, saysDry } = loaded
  if (saysDry !== null)
    throw new UserError(
      'preflight',
      `${saysDry}, which says that no order is for real; take it away to trade live`,
    )
  refuseLocked(config)
  const isReal = config.venue === 'polymarket'
  const what = isReal ? 'LIVE ON POLYMARKET WITH REAL MONEY' : 'LIVE ON EMBEDDED VENUE'
  say(`${what}: starting in ${COUNTDOWN_SEC} seconds. Ctrl-C aborts.`)
  for (let left = COUNTDOWN_SEC; left > 0; left -= 1) {
    say(`  ${left}...`)
    await pause(1_000, abort)
  }
}

export function refuseLocked(config: Config): void {
  const refusal = lockOf(config)
  if (refusal !== null) throw new UserError('preflight', refusal)
}

/** Why this configuration may not trade live now; null: it may, as far as nobody has to be asked. */
export function lockOf(config: Config): string | null {
  const stakes = stakeSettings(config, true)
  return safeguardOff(config) ?? (stakes === null ? null : unproven(config, stakes))
}

/** Null where the live bot has a standing of its own with this strategy, or the dry run has shown enough of each that runs. */
function unproven(config: Config, stakes: StakeSettings): string | null {
  const folder = join(config.dataDir, config.venue)
  const known = stakesIn(join(folder, 'live', 'ledger.db'))
  const stands = known?.strategy === stakes.strategy ? known : null
  if (stands !== null && stands.rung !== 'paper') return null
  const since = stands?.since ?? (0 as Micros)
  const { windows } = stakes
  const path = join(folder, 'dry', 'ledger.db')
  for (const strategy of strategyNames(stakes.strategy)) {
    const proof = paperProof(path, { strategy, since, windows })
    const refusal = paperRefusal(proof, stakes, betsOnWinner(strategy, config))
    if (refusal === null) continue
    const after = stands === null ? '' : ', since the live bot was sent back to paper'
    return `ON_PAPER: ${strategy}: ${refusal}${after}; run without --live until then, or set stakes.ladder to off and take the risk`
  }
  return null
}

/** Who may hold both sides says of none that it wins. */
function betsOnWinner(name: string, config: Config): boolean {
  const [strategy] = strategiesNamed(name) ?? []
  return strategy?.bind(givenParams(strategy, config)).bothSides !== true
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
