/** The story of a window in words: what was seen, every check with the room there was, what became of the order, and what broke it off. */

import type { BookView, Decision, Settlement } from '../domain/facts.ts'
import { outcomeWords } from '../domain/order.ts'
import { causeOf } from '../domain/refusals.ts'
import type { Check } from '../domain/strategy.ts'
import { formatPrice, MICROS_PER_SECOND, type Micros, type Ticks } from '../domain/units.ts'
import type { WindowStory } from '../ledger/reader.ts'
import { assetPrice, dollars, duration, margin, shares } from './amounts.ts'
import { toldLatency } from './shot-latency.ts'
import { textTable } from './text-table.ts'

/** States of a window that the bot has not come to an end with. */
const OPEN_STATES: readonly string[] = ['found', 'listening', 'armed']
const WAITING_STATES: readonly string[] = ['fired', 'awaiting_resolution']

const SAID_BY: Readonly<Record<string, string>> = { channel: 'the market channel' }

export function isUnfinished({ state, settlement }: WindowStory): boolean {
  return settlement === null && (OPEN_STATES.includes(state) || WAITING_STATES.includes(state))
}

/** `watched`: a bot runs and has this window in its hands now. */
export function toldStory(story: WindowStory, watched: boolean): string {
  const { market, settlement, decisions } = story
  const last = decisions.at(-1)
  const lines = [
    `${market.slug}  ${market.title}`,
    `state: ${story.state}${story.reason === null ? '' : ` (${story.reason})`}`,
    '',
    ...(last === undefined ? [undecided(story, watched)] : toldDecision(last, decisions.length)),
  ]
  if (settlement !== null) lines.push('', ...toldSettlement(settlement))
  else if (isUnfinished(story) && last !== undefined) lines.push('', unfinished(story, watched))
  return lines.join('\n')
}

function undecided(story: WindowStory, watched: boolean): string {
  if (isUnfinished(story)) return `No decision was taken. ${unfinished(story, watched)}`
  if (story.state === 'skipped') return 'No decision was taken: the window was skipped.'
  return "No decision was taken: the window was never inside the strategy's span while it was watched."
}

function unfinished({ state, market, stoppedAt }: WindowStory, watched: boolean): string {
  if (watched) return 'The bot has this window in its hands now.'
  if (WAITING_STATES.includes(state))
    return 'The bot ended before the result was known; it is settled when the bot runs again.'
  if (stoppedAt === null) return 'The bot ended before this window did.'
  const left = ((market.endAt - stoppedAt) / MICROS_PER_SECOND).toFixed(0)
  return `The bot was stopped at ${utc(stoppedAt)}, ${left} s before the close.`
}

function utc(at: Micros): string {
  return `${new Date(at / 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function toldDecision(last: Decision, count: number): string[] {
  const answer =
    last.refusedBy === null
      ? `SHOT at ${last.side}: ${last.why}`
      : `NO SHOT, refused by ${last.refusedBy}: ${last.why}`
  const which = count === 1 ? 'the only answer it gave' : `the last of ${count} different answers`
  const left = (last.leftMicros / MICROS_PER_SECOND).toFixed(3)
  return [
    answer,
    `${left} s before the close, by ${last.strategy}; ${which}`,
    ...firedFrom(last),
    `UP   ${book(last.up)}`,
    `DOWN ${book(last.down)}`,
    ...prices(last),
    ...truthLines(last),
    '',
    textTable(['CHECK', 'ANSWER', 'MARGIN', 'NOTE'], checkRows(last.checks)),
  ]
}

/** Decisions of before do not have it, and a second that was set needs no reason. */
function firedFrom({ fireAt }: Decision): string[] {
  if (fireAt === undefined || fireAt === null || !fireAt.isChosen) return []
  return [`fires from ${fireAt.sec} s before the close on, as chosen: ${fireAt.why}`]
}

function checkRows(checks: readonly Check[]): string[][] {
  const refused = new Set<string>()
  return checks.map(({ name, ok, margin: room, unit, note }) => {
    const cells = (answer: string, words: string): string[] => [
      name,
      answer,
      margin(room, unit),
      words,
    ]
    if (ok) return cells('ok', note)
    const isFirst = refused.size === 0
    const cause = causeOf(name, refused)
    refused.add(name)
    if (isFirst) return cells('REFUSED', note)
    return cause === undefined ? cells('also no', note) : cells('-', `follows from ${cause}`)
  })
}

type Quoted = Omit<Decision['prices'][number], 'isLive'> & { readonly isLive?: boolean }

/** Decisions of earlier versions have none, or do not say which one counted. */
function prices(last: Decision): string[] {
  const quoted: readonly Quoted[] | undefined = last.prices
  return (quoted ?? []).map(
    ({ feed, series, price, ageMicros, isLive }) =>
      `${feed} ${series}: ${assetPrice(price)} USD, heard ${duration(ageMicros)} before${isLive === false ? ', standing by' : ''}`,
  )
}

function book(view: BookView): string {
  const level = (price: Ticks | null, size: number): string =>
    price === null ? 'none' : `${formatPrice(price)} for ${shares(size)}`
  const age = view.ageMicros === null ? 'never heard of' : `${duration(view.ageMicros)} old`
  return `bid ${level(view.bestBid, view.bidSize)}, ask ${level(view.bestAsk, view.askSize)}, ${view.state}, ${age}`
}

function toldSettlement(settlement: Settlement): string[] {
  const { outcome, winner, winnerSource, pnl } = settlement
  const fill =
    outcome === null
      ? 'no order'
      : outcome.state === 'filled'
        ? `filled ${shares(outcome.shares)} for ${dollars(outcome.cost)}, fee ${dollars(outcome.fee)}`
        : `${outcome.state}: ${outcomeWords(outcome)}`
  return [
    `order: ${fill}`,
    `winner: ${winner} (said by ${SAID_BY[winnerSource] ?? winnerSource})`,
    `profit and loss: ${dollars(pnl)}`,
    ...toldLatency(settlement),
  ]
}

/** Who wins by the rule, and how sure that is. */
function truthLines({ truth }: Decision): string[] {
  // Decisions of before do not have it.
  if (truth === undefined) return []
  const { rule, doubt, strike, winner, final, fixedShare, flipPrice, win } = truth
  const lines = ['', `settled by: ${rule ?? 'a rule that is not understood'}`]
  if (strike !== null)
    lines.push(`strike: ${assetPrice(strike.price)} (${strike.certainty}, from ${strike.source})`)
  if (winner === null || win === null || final === null)
    return [...lines, `winner: not named, ${doubt}`]
  const turn =
    flipPrice === null
      ? 'nothing can turn it any more'
      : `the rest would have to stand at ${assetPrice(flipPrice)} to turn it`
  lines.push(
    `projected: ${assetPrice(final)}, ${Math.round((fixedShare ?? 0) * 100)} % of it fixed; ${turn}`,
    `winner: ${winner}, with a chance of ${share(win.mid)} (${share(win.low)} to ${share(win.high)})`,
  )
  return lines
}

function share(chance: number): string {
  return `${(chance * 100).toFixed(2)} %`
}
