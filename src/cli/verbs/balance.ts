/** All the money there is: at the venue, on the chain, in the ledger, and what is still to be had. Changes nothing. */
import { existsSync } from 'node:fs'
import { formatMicro, type MicroUsdc, microUsdc } from '../../domain/units.ts'
import type { Books } from '../../ledger/books.ts'
import { openReader } from '../../ledger/reader.ts'
import { EXCHANGES } from '../../venues/polymarket/exchanges.ts'
import type { Approval } from '../../venues/polymarket/redeem.ts'
import { dollars } from '../amounts.ts'
import { atDesk, type Desk, deskOptions, onChain } from '../money-desk.ts'
import { EXIT, print, type Verb } from '../verb.ts'

type Money = {
  readonly address: string
  readonly venue: MicroUsdc
  readonly chain: MicroUsdc
  readonly openOrders: readonly string[]
  readonly missing: readonly Approval[]
  readonly books: Books | null
  /** The venue's money less what our books say it should be; null where nothing can be said. */
  readonly difference: MicroUsdc | null
}

export const balance: Verb = {
  command: 'balance',
  describe: 'the money of live trading: at the venue, on the chain, in the ledger',
  build: deskOptions,
  run: (args) =>
    atDesk(args, async (desk) => {
      const money = await count(desk)
      if (args.json) print(JSON.stringify(machine(money)))
      else for (const line of lines(money, desk.venue.isNew)) print(line)
      return EXIT.ok
    }),
}

async function count(desk: Desk): Promise<Money> {
  const account = await desk.account()
  const spenders = Object.values(EXCHANGES).map((one) => one.verifyingContract)
  const [venue, openOrders, chain, missing] = await Promise.all([
    account.balance(),
    account.openOrders(),
    onChain('the chain does not say what the account holds', desk.chain.dollars()),
    onChain('the chain does not say what is allowed', desk.chain.missing(spenders)),
  ])
  const books = booksAt(desk)
  return {
    address: account.address,
    venue,
    chain: microUsdc(Number(chain)),
    openOrders,
    missing,
    books,
    difference:
      books === null || books.open > 0 ? null : microUsdc(venue - books.cash + owed(books)),
  }
}

/** An embedded venue that was started for this verb has nothing to do with the ledger of another one. */
function booksAt({ venue, ledgerPath }: Desk): Books | null {
  if (venue.isNew || !existsSync(ledgerPath)) return null
  const reader = openReader(ledgerPath)
  try {
    return reader.books()
  } finally {
    reader.close()
  }
}

function owed({ unredeemed }: Books): number {
  return unredeemed.reduce((sum, { payout }) => sum + payout, 0)
}

function machine({ address, venue, chain, openOrders, missing, books, difference }: Money): object {
  return {
    address,
    venue: formatMicro(venue),
    chain: formatMicro(chain),
    openOrders,
    notAllowed: missing,
    unredeemed: (books?.unredeemed ?? []).map(({ conditionId, payout }) => ({
      conditionId,
      payout: formatMicro(microUsdc(payout)),
    })),
    ledger: books === null ? null : { cash: formatMicro(books.cash), openWindows: books.open },
    difference: difference === null ? null : formatMicro(difference),
  }
}

function lines(money: Money, isNew: boolean): string[] {
  const { address, venue, chain, openOrders, missing } = money
  const row = (name: string, text: string): string => `${name.padEnd(12)} ${text}`
  const allowed =
    missing.length === 0
      ? 'the exchanges may spend dollars and move outcome tokens'
      : `missing: ${missing.map(({ of, to }) => `${of} to ${to}`).join(', ')}; lastsecond approve`
  return [
    row('account', address),
    row('at the venue', dollars(venue)),
    row('on the chain', dollars(chain)),
    row('allowances', allowed),
    row('open orders', openOrders.length === 0 ? 'none' : openOrders.join(', ')),
    ...bookLines(money, isNew).map(([name, text]) => row(name, text)),
  ]
}

function bookLines({ books, difference }: Money, isNew: boolean): [string, string][] {
  if (isNew) {
    const text = 'not compared: this embedded venue was started for this verb (see --venue-json)'
    return [['ledger', text]]
  }
  if (books === null) return [['ledger', 'there is none of live trading yet']]
  const wins = books.unredeemed.map(({ conditionId }) => conditionId).join(', ')
  const open = `${books.open} ${books.open === 1 ? 'window is' : 'windows are'} not settled yet`
  return [
    ['ledger', dollars(books.cash)],
    [
      'unredeemed',
      books.unredeemed.length === 0
        ? 'nothing'
        : `${dollars(owed(books))} of ${wins}; lastsecond redeem`,
    ],
    ['difference', difference === null ? `cannot be told: ${open}` : differenceText(difference)],
  ]
}

function differenceText(difference: MicroUsdc): string {
  if (difference === 0) return 'none: ledger and venue agree to the millionth'
  const way = difference > 0 ? 'more' : 'less'
  return `the venue has ${dollars(Math.abs(difference))} ${way} than the ledger accounts for`
}
