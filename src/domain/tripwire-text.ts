/** What the test of the wins says, for people. */

export type TripwireTold = {
  readonly shots: number
  readonly wins: number
  /** The wins that the prices asked for, fees included. */
  readonly expected: number
  /** What one dollar bet against us has become. */
  readonly evidence: number
  /** At which evidence it halts; null where it is off. */
  readonly haltsAt: number | null
  /** Shots that are still needed at the present rate; null where it is off, or never. */
  readonly needed: number | null
}

export function tripwireText(told: TripwireTold): string {
  const { shots, wins, expected, evidence, haltsAt, needed } = told
  if (shots === 0) return haltsAt === null ? 'tripwire: off' : 'tripwire: no shots yet'
  const counts = `${wins} of ${shots} shots won, the prices ask for ${expected.toFixed(1)}`
  if (haltsAt === null) return `tripwire: off; ${counts}`
  const stands = `evidence against us ${evidence.toFixed(2)}, halts at ${haltsAt.toFixed(0)}`
  return `tripwire: ${counts}; ${stands}; ${further(needed)}`
}

function further(needed: number | null): string {
  if (needed === null) return 'never at the present rate'
  return needed === 0 ? 'it has tripped' : `about ${needed} more shots at the present rate`
}
