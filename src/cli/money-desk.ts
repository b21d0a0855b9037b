/** What the verbs of money stand on: the venue, the purse, the chain and the ledger of live trading. All of it is closed again. */
import { join } from 'node:path'
import type { Argv } from 'yargs'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { UserError } from '../domain/user-error.ts'
import { openAccount, type PolymarketAccount } from '../venues/polymarket/account.ts'
import { createRedeemer, type Redeemer } from '../venues/polymarket/redeem.ts'
import { openPurse, type Purse } from './live-purse.ts'
import { openVenue, type Venue } from './venue-endpoints.ts'
import type { GlobalArgs } from './verb.ts'

export type Desk = {
  readonly loaded: LoadedConfig
  readonly venue: Venue
  readonly purse: Purse
  readonly chain: Redeemer
  readonly ledgerPath: string
  /** Asks the venue for our credentials; not every verb needs them. */
  account(): Promise<PolymarketAccount>
}

type Given = GlobalArgs & Readonly<Record<string, unknown>>

export function deskOptions(argv: Argv): Argv {
  return argv
    .option('venue', { type: 'string', describe: 'local or polymarket; default: as configured' })
    .option('venue-json', {
      type: 'string',
      describe: 'file with the JSON line of an embedded venue that runs already',
    })
}

export async function atDesk<Result>(
  args: Given,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  const flags = { venue: args['venue'] as string | undefined }
  const { config: file, profile, logLevel } = args
  const loaded = loadConfig({ config: file, profile, logLevel, flags })
  const { config } = loaded
  const venueJson = args['venue-json'] as string | undefined
  if (venueJson !== undefined && config.venue !== 'local') {
    throw new UserError(
      'usage',
      '--venue-json names an embedded venue, but the venue is polymarket: its ledger is not held against play money; add --venue local',
    )
  }
  const venue = await openVenue({
    venue: config.venue,
    venueJson,
    childFlags: ['--profile', 'demo'],
  })
  let chain: Redeemer | null = null
  try {
    const purse = await openPurse(loaded, venue.account)
    chain = createRedeemer(venue.endpoints.chain, purse.wallet)
    const account = () =>
      openAccount({
        clob: venue.endpoints.clob,
        wallet: purse.wallet,
        credentials: purse.credentials,
      })
    const ledgerPath = join(config.dataDir, config.venue, 'live', 'ledger.db')
    return await work({ loaded, venue, purse, chain, ledgerPath, account })
  } finally {
    chain?.close()
    await venue.stop()
  }
}

/** Money moves only where it is still there tomorrow, and only out of a wallet that the key can move. */
export function refuseToMove({ venue, purse, chain }: Desk, what: string, elsewhere: string): void {
  if (venue.isNew) {
    throw new UserError(
      'preflight',
      `an embedded venue of its own would be gone with this verb; name the one that runs: ${what} --venue-json FILE`,
    )
  }
  if (!chain.canMove) {
    throw new UserError(
      'preflight',
      `the money lies in a deposit wallet (${purse.wallet.funder}) that only the venue moves; ${elsewhere}`,
    )
  }
}

/** The library's errors carry the whole request; what happened is in their first words. */
export async function onChain<Result>(what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (error instanceof UserError) throw error
    const { shortMessage, message } = error as { shortMessage?: string; message?: string }
    throw new UserError(
      'general',
      `${what}: ${shortMessage ?? message ?? String(error)}; is the chain reachable, and does the key hold POL for the fee?`,
    )
  }
}
