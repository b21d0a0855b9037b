/** How long the steps of a shot took, for programs and for people. The JSON counts microseconds from the decision, which is an instant. */
import type { Settlement, ShotLatency } from '../domain/facts.ts'
import { duration } from './amounts.ts'

/** Steps on this machine take less than a millisecond. */
const FINE_BELOW_MICROS = 10_000

type Step = Exclude<keyof ShotLatency, 'triggerErrorMicros' | 'bookAgeMicros'>

const STEPS: readonly (readonly [Step, string])[] = [
  ['writeMicros', 'written'],
  ['firstByteMicros', 'first byte'],
  ['answerMicros', 'answer'],
  ['decisionToOutcomeMicros', 'outcome'],
  ['matchedMicros', 'matched'],
  ['minedMicros', 'mined'],
  ['confirmedMicros', 'confirmed'],
]

export function latencyLine({ latency, order }: Settlement): Readonly<Record<string, unknown>> {
  // Settlements of earlier versions know less.
  const of = (name: keyof ShotLatency): number | null => latency[name] ?? null
  return {
    decision: order?.decidedAt ?? null,
    triggerError: of('triggerErrorMicros'),
    bookAge: of('bookAgeMicros'),
    write: of('writeMicros'),
    firstByte: of('firstByteMicros'),
    answer: of('answerMicros'),
    decisionToOutcome: of('decisionToOutcomeMicros'),
    matched: of('matchedMicros'),
    mined: of('minedMicros'),
    confirmed: of('confirmedMicros'),
    loopLag: of('loopLagMicros'),
    gc: of('gcMicros'),
  }
}

/** Only what happened; no line where nothing did. */
export function toldLatency({ latency, order }: Settlement): string[] {
  if (order === null) return []
  const told = (name: keyof ShotLatency, words: string): string[] => {
    const micros = latency[name] ?? null
    return micros === null ? [] : [`${words} ${took(micros)}`]
  }
  const steps = STEPS.flatMap(([name, words]) => told(name, words))
  const before = [
    ...told('triggerErrorMicros', 'trigger late by'),
    ...told('bookAgeMicros', 'age of the book'),
    ...told('loopLagMicros', 'loop held up for'),
    ...told('gcMicros', 'of it garbage'),
  ]
  return [
    ...(steps.length === 0 ? [] : [`after the decision: ${steps.join(', ')}`]),
    ...(before.length === 0 ? [] : [`around it: ${before.join(', ')}`]),
  ]
}

function took(micros: number): string {
  return Math.abs(micros) < FINE_BELOW_MICROS
    ? `${(micros / 1_000).toFixed(2)} ms`
    : duration(micros)
}
