/**
 * The last-second sniper: in the final second, or from the second that is set or chosen, one fill-or-kill on the winning side, if its ask still costs no more than the cap. The winner is
 * named by the rule that settles the window, and the book has to agree and the price to be worth it; or, as the source system has it, by the book
 * alone: the side with the larger best ask.
 */
import { z } from 'zod'
import type { Side } from '../domain/ids.ts'
import {
  type Check,
  defineStrategy,
  type TokenView,
  type Verdict,
  type View,
  type Wanted,
} from '../domain/strategy.ts'
import {
  MICRO,
  type MicroShares,
  parsePrice,
  parseShares,
  type Ticks,
  ticks,
} from '../domain/units.ts'
import { clears, oddsOf } from '../pricing/odds.ts'

/** A file may write 0.99 as a number; it becomes the text a person typed before it becomes an integer. */
const decimal = z.union([z.string(), z.number()]).transform(String)

const price = decimal
  .transform((text, context) => {
    const value = parsePrice(text)
    if (value !== null && value > 0 && value < 10_000) return value
    context.addIssue({
      code: 'custom',
      message: 'must be a price between 0 and 1, for example 0.99',
    })
    return z.NEVER
  })
  .meta({
    description: 'highest price to pay for a share, in dollars',
    range: 'a price of at most 4 places, 0.0001 to 0.9999',
  })

const shares = decimal
  .transform((text, context) => {
    const value = parseShares(text)
    if (value !== null && value > 0 && value % MICRO === 0) return value
    context.addIssue({
      code: 'custom',
      message: 'must be a whole number of shares, for example 5',
    })
    return z.NEVER
  })
  .meta({
    description: "shares to buy; whole numbers keep the order on the venue's cent grid",
    range: 'a whole number of shares, 1 or more',
  })

/** The rule of the source system; also what holds until a second was chosen. */
const FIRE_AT = 1

const params = z.strictObject({
  winner: z
    .enum(['settlement', 'book', 'spot'])
    .default('settlement')
    .describe(
      'how the winner is named: settlement = by the rule that settles the window, and the book must agree; book = the side with the larger best ask; spot = the side of the strike on which the latest price stands',
    ),
  minEdge: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe(
      'dollars that a share must be worth beyond its price and fee, by the lower end of its chance (with winner settlement)',
    ),
  fireAt: z
    .union([z.number().min(0.2).max(60), z.literal('auto')])
    .default(FIRE_AT)
    .meta({
      description:
        'seconds before the close from which it may fire; one second is the rule of the source system; auto = chosen for each window, the second that brought most in windows before it',
      range: 'a number, 0.2 to 60, or auto',
    }),
  maxAsk: price.prefault('0.99'),
  shares: shares.prefault('5'),
  listenFromSec: z
    .number()
    .min(5)
    .max(14_400)
    .default(180)
    .describe(
      'seconds before the close at which both listeners are opened; not set, it is discovery.startBufferSec',
    ),
})

type Params = z.infer<typeof params>

export const lastSecond = defineStrategy<Params>({
  name: 'last-second',
  summary:
    'one fill-or-kill on the winning side, in the final second or from the second that fireAt says',
  params,
  listenFromSec: (chosen) => chosen.listenFromSec,
  span: ({ fireAt, shares: size, maxAsk, winner }) => ({
    fromSec: fireAt === 'auto' ? FIRE_AT : fireAt,
    toSec: 0,
    isAuto: fireAt === 'auto',
    asks: {
      shares: size as MicroShares,
      cap: maxAsk as Ticks,
      sideBy: winner === 'book' ? 'book' : 'rule',
    },
  }),
  // Not its span, whose first second may be chosen: what every shot of a last second is held to.
  bounds: () => ({ fromSec: 60, toSec: 0, lowest: ticks(5_000), highest: ticks(9_990) }),
  ladder: (chosen) => ({
    shares: chosen.shares as MicroShares,
    highest: chosen.maxAsk as Ticks,
  }),
  decide,
})

function decide(view: View, chosen: Params): Verdict {
  const byBook = winnerByBook(view.up, view.down)
  const winner = { settlement: view.truth.winner, book: byBook, spot: view.truth.spot }[
    chosen.winner
  ]
  const winning = winner === null ? null : winner === 'UP' ? view.up : view.down
  const limit = winning?.priceToTake(chosen.shares as MicroShares) ?? null
  const checks = [
    ...namedChecks(view, chosen.winner, byBook),
    askCheck(winning),
    capCheck(winning?.bestAsk ?? null, chosen.maxAsk as Ticks),
    depthCheck(limit, chosen.maxAsk as Ticks),
    ...(chosen.winner === 'settlement' ? [edgeCheck(view, limit, chosen.minEdge)] : []),
  ]
  const wanted = wantedOf(winner, winning, limit, chosen)
  const refused = checks.find((check) => !check.ok)
  if (refused !== undefined || winner === null || limit === null) {
    return { intents: [], side: winner, wanted, why: refused?.note ?? 'no winner', checks }
  }
  const why = `${winner} ${REASONS[chosen.winner]}`
  return {
    intents: [
      {
        side: winner,
        limit,
        shares: chosen.shares as MicroShares,
        ...(chosen.winner === 'settlement' && view.truth.win !== null
          ? { win: view.truth.win }
          : {}),
        cap: chosen.maxAsk as Ticks,
        why,
      },
    ],
    side: winner,
    wanted,
    why,
    checks,
  }
}

const REASONS: Readonly<Record<Params['winner'], string>> = {
  settlement: 'wins by the rule that settles the window',
  book: 'has the larger best ask',
  spot: 'is where the latest price stands',
}

function namedChecks(view: View, rule: Params['winner'], byBook: Side | null): Check[] {
  if (rule === 'settlement') return truthChecks(view, byBook)
  return [rule === 'book' ? winnerCheck(byBook, view) : spotCheck(view)]
}

function spotCheck({ truth }: View): Check {
  const { spot, doubt } = truth
  return {
    name: 'WINNER',
    ok: spot !== null,
    margin: null,
    unit: '',
    note:
      spot === null
        ? `there is no latest price to hold against the strike: ${doubt ?? 'none was heard'}`
        : `${spot} ${REASONS.spot}`,
  }
}

function wantedOf(
  side: Side | null,
  winning: TokenView | null,
  limit: Ticks | null,
  chosen: Params,
): Wanted | null {
  if (side === null) return null
  const ask = winning?.state === 'live' ? limit : null
  return { side, shares: chosen.shares as MicroShares, ask }
}

/** What settles the window names a winner, and the book does not say the opposite. */
function truthChecks({ truth }: View, byBook: Side | null): Check[] {
  const { winner, win, doubt } = truth
  const agrees = winner !== null && (byBook === null || byBook === winner)
  return [
    {
      name: 'TRUTH',
      ok: winner !== null,
      margin: win?.low ?? null,
      unit: 'probability',
      note: winner === null ? `no winner by the rule: ${doubt}` : `${winner} is ahead by the rule`,
    },
    {
      name: 'AGREES',
      ok: agrees,
      margin: null,
      unit: '',
      note: agrees
        ? 'the book does not contradict the rule'
        : winner === null
          ? 'there is no winner to agree with'
          : 'the rule and the book name different sides',
    },
  ]
}

/** Judged by the lower end: at 0.99 one loss eats a hundred wins. */
function edgeCheck({ truth, market }: View, limit: Ticks | null, minEdge: number): Check {
  const name = 'EDGE'
  const unit = 'dollars a share'
  if (limit === null || truth.win === null)
    return { name, ok: false, margin: null, unit, note: 'there is nothing to weigh' }
  const odds = oddsOf({ fee: market.fee, price: limit, win: truth.win, haircut: truth.haircut })
  const margin = odds.expected.low - minEdge
  const ok = clears(odds, minEdge)
  const note = ok
    ? 'worth its price, the fee and the doubt'
    : 'not worth its price, the fee and the doubt'
  return { name, ok, margin, unit, note }
}

/**
 * The larger best ask wins. A side whose sellers are all gone is worth more than any ask on the other side, so it counts as
 * the winner too (there is then nothing to buy, which is the next check's business).
 */
function winnerByBook(up: TokenView, down: TokenView): Side | null {
  if (up.state !== 'live' || down.state !== 'live') return null
  if (up.bestAsk === null && down.bestAsk === null) return null
  if (up.bestAsk === null) return 'UP'
  if (down.bestAsk === null) return 'DOWN'
  if (up.bestAsk === down.bestAsk) return null
  return up.bestAsk > down.bestAsk ? 'UP' : 'DOWN'
}

function winnerCheck(winner: Side | null, view: View): Check {
  const { up, down } = view
  const gap =
    up.bestAsk === null || down.bestAsk === null ? null : Math.abs(up.bestAsk - down.bestAsk)
  return {
    name: 'WINNER',
    ok: winner !== null,
    margin: gap,
    unit: 'ticks',
    note:
      winner === null
        ? 'the asks do not say which side is ahead'
        : `${winner} has the larger best ask`,
  }
}

function askCheck(winning: TokenView | null): Check {
  const ok = winning !== null && winning.bestAsk !== null
  return {
    name: 'ASK',
    ok,
    margin: winning === null ? null : winning.askSize,
    unit: 'micro-shares',
    note: ok ? 'the winning side is for sale' : 'nobody sells the winning side any more',
  }
}

function capCheck(bestAsk: Ticks | null, maxAsk: Ticks): Check {
  const ok = bestAsk !== null && bestAsk <= maxAsk
  return {
    name: 'CAP',
    ok,
    margin: bestAsk === null ? null : maxAsk - bestAsk,
    unit: 'ticks',
    note: ok ? 'the best ask is within the cap' : 'the best ask is above the cap, or there is none',
  }
}

function depthCheck(limit: Ticks | null, maxAsk: Ticks): Check {
  const ok = limit !== null && limit <= maxAsk
  return {
    name: 'DEPTH',
    ok,
    margin: limit === null ? null : maxAsk - limit,
    unit: 'ticks',
    note: ok
      ? 'the whole size is for sale within the cap'
      : 'the whole size is not for sale within the cap',
  }
}
