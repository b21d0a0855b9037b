/** Why the bot did or did not shoot at a window: every check in its order, with the room there was. */
import type { BookView, Decision } from '../../domain/facts.ts'
import { formatMicro, formatPrice, type Ticks } from '../../domain/units.ts'
import type { WindowStory } from '../../ledger/reader.ts'
import { ledgerOptions, withReader } from '../ledger-options.ts'
import { settledLine } from '../settled-line.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, type Verb } from '../verb.ts'

export const explain: Verb = {
  command: 'explain <market>',
  describe: 'why it did or did not shoot; <market> is a slug, a part of one, or "last"',
  build: (argv) => ledgerOptions(argv.positional('market', { type: 'string', demandOption: true })),
  run(args) {
    const code = withReader(args, (reader) => {
      const story = reader.story(args['market'] as string)
      if (args.json)
        print(
          JSON.stringify({
            ...story,
            settled: story.settlement === null ? null : settledLine(story.settlement),
          }),
        )
      else print(told(story))
      return EXIT.ok
    })
    return Promise.resolve(code)
  },
}

function told(story: WindowStory): string {
  const { market, settlement } = story
  const lines = [
    `${market.slug}  ${market.title}`,
    `state: ${story.state}${story.reason === null ? '' : ` (${story.reason})`}`,
  ]
  const last = story.decisions.at(-1)
  if (last === undefined)
    lines.push(
      '',
      "No decision was taken: the window was never inside the strategy's span while it was watched.",
    )
  else lines.push('', ...decision(last, story.decisions.length))
  if (settlement !== null) {
    const { outcome, winner, winnerSource, pnl } = settlement
    const fill =
      outcome === null
        ? 'no order'
        : outcome.state === 'filled'
          ? `filled ${formatMicro(outcome.shares)} shares for ${formatMicro(outcome.cost)} USD, fee ${formatMicro(outcome.fee)}`
          : `${outcome.state}: ${outcome.reason}`
    lines.push(
      '',
      `order: ${fill}`,
      `winner: ${winner} (said by ${winnerSource})`,
      `profit and loss: ${formatMicro(pnl)} USD`,
    )
  }
  return lines.join('\n')
}

function decision(last: Decision, count: number): string[] {
  const answer =
    last.refusedBy === null
      ? `SHOT at ${last.side}: ${last.why}`
      : `NO SHOT, refused by ${last.refusedBy}: ${last.why}`
  const rows = last.checks.map((check) => [
    check.name,
    check.ok ? 'ok' : 'REFUSED',
    check.margin === null ? '-' : String(check.margin),
    check.unit,
    check.note,
  ])
  return [
    `${answer}`,
    `${(last.leftMicros / 1_000_000).toFixed(3)} s before the close, by ${last.strategy}; ${count} different answer${count === 1 ? '' : 's'} in all, the last is shown`,
    `UP   ${book(last.up)}`,
    `DOWN ${book(last.down)}`,
    ...prices(last),
    '',
    textTable(['CHECK', 'ANSWER', 'MARGIN', 'UNIT', 'NOTE'], rows),
  ]
}

/** Decisions of earlier versions have none. */
function prices(last: Decision): string[] {
  const quoted: Decision['prices'] | undefined = last.prices
  return (quoted ?? []).map(
    ({ feed, series, price, ageMicros }) =>
      `${feed} ${series}: ${price}, heard ${(ageMicros / 1_000).toFixed(0)} ms before`,
  )
}

function book(view: BookView): string {
  const price = (ticks: Ticks | null): string => (ticks === null ? '-' : formatPrice(ticks))
  const age =
    view.ageMicros === null ? 'never heard of' : `${(view.ageMicros / 1_000).toFixed(0)} ms old`
  return `bid ${price(view.bestBid)} x ${formatMicro(view.bidSize)}, ask ${price(view.bestAsk)} x ${formatMicro(view.askSize)}, ${view.state}, ${age}`
}
