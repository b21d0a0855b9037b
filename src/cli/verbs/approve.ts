/** Lets the venue's contracts move what live trading needs. It says what that is, and does it only when told to. */

import { EXCHANGES } from '../../venues/polymarket/exchanges.ts'
import type { Approval } from '../../venues/polymarket/redeem.ts'
import { atDesk, type Desk, deskOptions, onChain, refuseToMove } from '../money-desk.ts'
import { EXIT, print, say, type Verb } from '../verb.ts'

const SPENDERS = Object.values(EXCHANGES).map((one) => one.verifyingContract)

export const approve: Verb = {
  command: 'approve',
  describe: "let the venue's contracts spend the dollars and move the shares of this wallet",
  build: (argv) =>
    deskOptions(argv).option('yes', {
      type: 'boolean',
      default: false,
      describe: 'do it; without this it is only said',
    }),
  run: (args) =>
    atDesk(args, async (desk) => {
      refuseToMove(
        desk,
        'lastsecond approve',
        'log in at polymarket.com with this wallet: the site gives the approvals with the first deposit or trade',
      )
      const missing = await onChain(
        'the chain does not say what is allowed',
        desk.chain.missing(SPENDERS),
      )
      const yes = args['yes'] === true
      if (yes) await send(desk, missing)
      if (args.json) print(JSON.stringify({ missing, done: yes }))
      else tell(desk, missing, yes)
      return missing.length === 0 || yes ? EXIT.ok : EXIT.preflight
    }),
}

/** One after another, each until the chain has it. */
async function send({ chain }: Desk, missing: readonly Approval[]): Promise<void> {
  for (const approval of missing) {
    say(`sending: ${textOf(approval)}`)
    await onChain('the approval failed', chain.approve(approval))
  }
}

function tell({ purse }: Desk, missing: readonly Approval[], yes: boolean): void {
  if (missing.length === 0)
    return print(`Everything is allowed already by ${purse.address}; nothing was sent.`)
  print(
    yes
      ? `Allowed by ${purse.address}, without limit:`
      : `${purse.address} would allow, without limit:`,
  )
  for (const approval of missing) print(`  ${textOf(approval)}`)
  if (!yes)
    print(
      'Each is a transaction that costs a little POL. Nothing was sent; to do it: lastsecond approve --yes',
    )
}

function textOf({ of, to }: Approval): string {
  const version = Object.entries(EXCHANGES).find(([, one]) => one.verifyingContract === to)?.[0]
  const who =
    version === undefined ? 'the contract that redeems' : `the exchange of ${version} windows`
  return `${who} (${to}) to ${of === 'dollars' ? 'spend dollars (pUSD)' : 'move outcome tokens'}`
}
