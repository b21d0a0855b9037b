/** A window's certificate in words: its number, what a shot that was not taken would have come to, and the trail of its last minute. */
import type { Judged, Offer, SecondSeen } from '../domain/certificate.ts'
import type { Sealed } from '../domain/facts.ts'
import { formatPrice } from '../domain/units.ts'
import type { ChainState } from '../ledger/chain.ts'
import type { WindowStory } from '../ledger/reader.ts'
import { assetPrice, dollars, margin, shares } from './amounts.ts'
import { textTable } from './text-table.ts'

/** Digits of a hash that a person compares. */
const SHORT = 12

export function toldCertificate(story: WindowStory, chain: ChainState): string[] {
  const { certificate, judgement } = story
  if (certificate === null)
    return ['certificate: none; only windows that are watched to their close get one']
  const { seq, hash, origin, body } = certificate
  const { version, hash: build } = origin.code
  const program = `lastsecond ${version ?? 'of an unknown version'}, ${build === null ? 'not built' : `build ${build.slice(0, SHORT)}`}`
  const settings = origin.config === null ? 'unknown' : origin.config.slice(0, SHORT)
  return [
    `certificate: number ${seq}, SHA-256 ${hash}`,
    chainLine(chain, seq),
    `written by ${program}, settings ${settings}`,
    ...(body.passed === null ? [] : notTaken(body)),
    ...(judgement === null ? [] : toldJudgement(judgement.body)),
  ]
}

function chainLine({ broken }: ChainState, seq: number): string {
  return broken === null
    ? `the chain is whole up to it`
    : `THE CHAIN IS BROKEN at number ${broken.seq} of ${seq}: ${broken.why}`
}

export function toldChain({ count, head, broken }: ChainState): string {
  if (broken !== null)
    return `BROKEN at number ${broken.seq}: ${broken.why}; the ${count} before it are whole`
  if (count === 0) return 'there are no certificates yet'
  return `${count} ${count === 1 ? 'certificate' : 'certificates'}, the chain is whole; the last is ${head}`
}

function notTaken({ decision, passed }: Sealed): string[] {
  const check = decision?.checks.find(({ name }) => name === decision.refusedBy)
  if (decision === null || check === undefined) return [`not taken: ${passed}`]
  const room = check.margin === null ? '' : `, margin ${margin(check.margin, check.unit)}`
  const { wanted } = decision
  const offer =
    wanted === null
      ? 'no side was named'
      : wanted.ask === null
        ? `${shares(wanted.shares)} of ${wanted.side} were not for sale`
        : `${shares(wanted.shares)} of ${wanted.side} were for sale at ${formatPrice(wanted.ask)} or less`
  return [`not taken: ${check.name}${room}; ${offer}`]
}

function toldJudgement({ winner, own, agrees, otherwise }: Judged): string[] {
  const lines: string[] = []
  if (own.winner !== null && own.final !== null && own.strike !== null)
    lines.push(
      `by our own arithmetic: ${own.winner}, ${assetPrice(own.final)} against a strike of ${assetPrice(own.strike)} (${own.certainty})${agrees === false ? `; THE VENUE SAYS ${winner}` : ''}`,
    )
  else lines.push(`by our own arithmetic: no winner, ${own.doubt}`)
  if (otherwise !== null) {
    const { cost, fee, pnl } = otherwise
    const filled = otherwise.cause === 'refused' ? 'had it been taken' : 'had it been filled'
    lines.push(
      `${filled}: ${shares(otherwise.shares)} of ${otherwise.side} for ${dollars(cost)} and ${dollars(fee)} fee, ${winner} won: ${dollars(pnl)}`,
    )
  }
  return lines
}

/** Second by second: what the named side cost, and its chance. */
export function toldTrail({ decision, trail }: Sealed): string[] {
  const fair = decision?.truth?.fairYes ?? null
  const lines = [
    `fair value of UP by the latest price alone: ${fair === null ? 'not known' : percent(fair)}`,
  ]
  if (trail.seconds.length === 0) return [...lines, 'trail: nobody looked at the last minute']
  const size = trail.shares === 0 ? 'SIZE' : shares(trail.shares).toUpperCase()
  const head = ['LEFT', 'NAMED', 'CHANCE', 'AT LEAST', 'ASK', 'ON OFFER', `FOR ${size}`, 'SPOT']
  return [...lines, '', textTable(head, trail.seconds.map(row))]
}

function row(second: SecondSeen): string[] {
  const { leftSec, winner, low, mid, spot } = second
  const offer: Offer | null = winner === null ? null : winner === 'UP' ? second.up : second.down
  return [
    String(leftSec),
    winner ?? '-',
    mid === null ? '-' : percent(mid),
    low === null ? '-' : percent(low),
    offer === null ? '-' : formatPrice(offer.best),
    offer === null ? '-' : shares(offer.size),
    offer === null || offer.forSize === null ? '-' : formatPrice(offer.forSize),
    spot ?? '-',
  ]
}

function percent(chance: number): string {
  return `${(chance * 100).toFixed(2)} %`
}
