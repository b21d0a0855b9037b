/**
 * What has to hold of an account before it trades, each as one line with its fix. `doctor --live` prints them all; `run --live` refuses with the
 * first that fails, in the same words.
 */
import type { Config } from '../config/schema.ts'
import { type MicroUsdc, microUsdc } from '../domain/units.ts'
import { UserError } from '../domain/user-error.ts'
import { openAccount, type PolymarketAccount } from '../venues/polymarket/account.ts'
import type { Endpoints } from '../venues/polymarket/endpoints.ts'
import { EXCHANGES } from '../venues/polymarket/exchanges.ts'
import { dollars } from './amounts.ts'
import { fail, failOf, type Line, ok, warning } from './doctor-line.ts'
import { geoblockLine } from './geoblock.ts'
import type { Purse } from './live-purse.ts'

const KINDS = [
  "wallet of its own (eoa): the money lies at the key's address",
  'proxy wallet',
  'Safe',
  'deposit wallet',
] as const
/** More than any balance: who allowed this much allowed everything. */
const EVERYTHING = 2n ** 128n

export type Checked = {
  readonly lines: readonly Line[]
  /** Null where the venue does not know us. */
  readonly account: PolymarketAccount | null
  readonly balance: MicroUsdc
  /** What is said where the venue knows us and there is no dollar; where money is out in shares, no reason not to start. */
  readonly empty: Line | null
}

export type CheckArgs = {
  readonly purse: Purse
  readonly endpoints: Pick<Endpoints, 'clob' | 'site'>
  readonly limits: Pick<Config['limits'], 'maxPositionUsd'>
}

/** The questions that follow one another are asked one after another; what is behind a refusal is not asked. */
export async function checkAccount({ purse, endpoints, limits }: CheckArgs): Promise<Checked> {
  const lines: Line[] = [...purseLines(purse), await geoblockLine(endpoints.site)]
  let account: PolymarketAccount
  try {
    account = await openAccount({
      clob: endpoints.clob,
      wallet: purse.wallet,
      credentials: purse.credentials,
    })
    lines.push(...standing(purse, await account.closedOnly()))
  } catch (error) {
    lines.push(refusedCredentials(purse, error))
    return { lines, account: null, balance: microUsdc(0), empty: null }
  }
  try {
    const balance = await account.balance()
    const line = balanceLine(purse, account.address, balance)
    lines.push(line)
    lines.push(...allowanceLines(await account.allowances(), limits.maxPositionUsd))
    return { lines, account, balance, empty: line.state === 'fail' ? line : null }
  } catch (error) {
    lines.push(failOf('balance', error, 'try again; the venue could not say what this account has'))
    return { lines, account, balance: microUsdc(0), empty: null }
  }
}

/** A refusal as one sentence. */
export function refusalOf({ name, detail, fix }: Line): string {
  return `${name}: ${detail}; ${fix}`
}

/** Throws the first refusal, and says how many more there are. */
export function refuseWhatFails(lines: readonly Line[]): void {
  const failed = lines.filter(({ state }) => state === 'fail')
  const [first] = failed
  if (first === undefined) return
  const more = failed.length - 1
  const rest = more === 0 ? '' : ` (and ${more} more: lastsecond doctor --live)`
  throw new UserError('preflight', `${refusalOf(first)}${rest}`)
}

function purseLines({ wallet, address, from }: Purse): Line[] {
  const kind = KINDS[wallet.signatureType]
  return [
    ok('key', `from ${from}, address ${address}`),
    ok('wallet', wallet.funder === null ? kind : `${kind}: the money lies at ${wallet.funder}`),
  ]
}

function standing({ credentials }: Purse, closedOnly: boolean): Line[] {
  const whose =
    credentials === null
      ? 'derived from the key'
      : 'the given CLOB_API_KEY, CLOB_SECRET, CLOB_PASSPHRASE'
  return [
    ok('credentials', `${whose}; the venue takes them`),
    closedOnly
      ? fail(
          'buying',
          'the venue lets this address only close positions: it cannot buy',
          "ask the venue's support why this address is restricted, or trade with another account",
        )
      : ok('buying', 'the venue lets this address buy'),
  ]
}

function refusedCredentials({ credentials }: Purse, error: unknown): Line {
  if (credentials === null)
    return failOf('credentials', error, 'check the key, the wallet type and the clock')
  const said = error instanceof Error ? error.message : String(error)
  return fail(
    'credentials',
    `the venue refuses the given CLOB_API_KEY, CLOB_SECRET and CLOB_PASSPHRASE (${said})`,
    'they must belong to this very key: take all three away and they are derived from it',
  )
}

function balanceLine({ wallet }: Purse, holder: string, balance: MicroUsdc): Line {
  if (balance > 0) return ok('balance', `${dollars(balance)} (pUSD) at the venue`)
  const other =
    wallet.funder === null
      ? 'if the site shows money, it lies in a wallet that the site made for you: set SIGNATURE_TYPE and FUNDER_ADDRESS'
      : 'if the site shows money, SIGNATURE_TYPE or FUNDER_ADDRESS is not yours'
  return fail(
    'balance',
    `the account ${holder} holds no dollars (pUSD) at the venue`,
    `pay some in; ${other}`,
  )
}

/** A window of the second version is the exception; one that cannot be bought is worth a word, not the end. */
function allowanceLines(allowances: ReadonlyMap<string, bigint>, orderMax: number): Line[] {
  const byContract = new Map([...allowances].map(([to, sum]) => [to.toLowerCase(), sum]))
  return (['v1', 'v2'] as const).map((version) => {
    const { verifyingContract: contract } = EXCHANGES[version]
    const name = `allowance ${version}`
    const who = `the exchange of ${version} windows (${contract})`
    const allowed = byContract.get(contract.toLowerCase())
    if (allowed === undefined)
      return warning(
        name,
        `the venue does not tell what ${who} may spend`,
        'see: lastsecond balance',
      )
    if (allowed >= EVERYTHING) return ok(name, `${who} may spend without limit`)
    const sum = dollars(Number(allowed))
    if (allowed >= BigInt(orderMax)) return ok(name, `${who} may spend ${sum}`)
    const detail =
      allowed === 0n
        ? `${who} may not spend the dollars of this account`
        : `${who} may spend ${sum}, less than one order may cost (limits.maxPositionUsd, ${dollars(orderMax)})`
    const fix = 'allow it with: lastsecond approve'
    return version === 'v1' ? fail(name, detail, fix) : warning(name, detail, fix)
  })
}
