/** What certificates add up to, on windows made by hand whose answers are known. */
import { describe, expect, test } from 'vitest'
import { winnerReport } from '../../src/cli/winner-report.ts'
import type { Judged, SecondSeen } from '../../src/domain/certificate.ts'
import type { EngineFact, Sealed } from '../../src/domain/facts.ts'
import type { Audit } from '../../src/ledger/certificates.ts'
import { gateReport } from '../../src/ledger/gate-report.ts'
import { judgedFact, sealedFact, second, shot } from '../support/certificates.ts'

function audit(
  n: number,
  judged: Partial<Judged>,
  seconds: readonly SecondSeen[] = [],
  sealed: Partial<Sealed> = {},
): Audit {
  const facts: [EngineFact, EngineFact] = [sealedFact(n, seconds, sealed), judgedFact(n, judged)]
  if (facts[0].kind !== 'sealed' || facts[1].kind !== 'judged') throw new Error('other facts')
  return { sealed: facts[0].sealed, judged: facts[1].judged }
}

describe('gates', () => {
  const audits = [
    // Forty refusals by the cap: 36 would have won 0.937, 4 lost 9.063; in ten of them the depth said no as well.
    ...Array.from({ length: 40 }, (_, n) =>
      audit(n, {
        refusals: n < 10 ? ['CAP', 'DEPTH'] : ['CAP'],
        otherwise: shot(n % 10 !== 0),
      }),
    ),
    audit(40, { refusedBy: 'ASK', refusals: ['ASK'] }),
    audit(41, { refusedBy: null, refusals: [], otherwise: shot(true, 'killed') }, [], {
      passed: null,
    }),
    audit(42, { refusedBy: null, refusals: [] }, [], {
      passed: 'NEVER_EVALUATED: the window closed before anything could be judged',
    }),
    // Shot at and filled: nobody refused anything.
    audit(43, { refusedBy: null, refusals: [] }, [], { passed: null }),
  ]
  const report = gateReport(audits)

  test('each first refusal, how often, and what the shots would have come to', () => {
    expect(report.windows).toBe(44)
    expect(report.gates.map(({ gate, refused }) => [gate, refused])).toEqual([
      ['CAP', 40],
      ['ASK', 1],
      ['NEVER_EVALUATED', 1],
    ])
    const sum = 36 * 937_000 - 4 * 9_063_000
    expect(report.gates[0]?.all).toMatchObject({
      shots: 40,
      won: 36,
      lost: 4,
      sumMicro: sum,
      meanMicro: sum / 40,
    })
    expect(report.gates[1]?.all).toMatchObject({ shots: 0, meanMicro: null, lowMicro: null })
  })

  test('the interval of the mean is that of the hit rate at these prices', () => {
    // Wilson of 36 in 40 is 0.769482 to 0.960420; ten shares that cost 9.063.
    const { lowMicro, highMicro } = report.gates[0]?.all ?? {}
    expect((lowMicro ?? 0) / 1e6).toBeCloseTo(7.69482 - 9.063, 3)
    expect((highMicro ?? 0) / 1e6).toBeCloseTo(9.6042 - 9.063, 3)
  })

  test('apart: where no other check said no for a reason of its own', () => {
    expect(report.gates[0]?.only).toMatchObject({ refused: 30, shots: 30, won: 27, lost: 3 })
    expect(report.gates[1]?.only.refused).toBe(1)
  })

  test('killed shots', () => {
    expect(report.unfilled).toMatchObject([
      { cause: 'killed', shots: 1, won: 1, sumMicro: 937_000 },
    ])
  })
})

describe('winners', () => {
  const seconds = (at10: 'UP' | 'DOWN' | null) => [
    second(30, 'UP', 5_000),
    second(10, at10, at10 === 'UP' ? 9_000 : null),
    second(0, 'UP', null),
  ]
  const own = {
    winner: 'DOWN',
    final: '1',
    strike: '2',
    certainty: 'estimated',
    doubt: null,
  } as const
  const report = winnerReport([
    ...Array.from({ length: 18 }, (_, n) => audit(n, {}, seconds('UP'))),
    audit(18, {}, seconds('DOWN')),
    audit(19, {}, seconds(null)),
    // The venue says Down, and so did we only when everything was heard.
    audit(20, { winner: 'DOWN', own, agrees: true }, seconds('UP')),
    // The label itself differs.
    audit(21, { own, agrees: false }, seconds('UP')),
    audit(22, { winner: 'SPLIT', agrees: null }, seconds('UP')),
    { sealed: null, judged: audit(23, {}).judged },
  ])
  const line = (leftSec: number | null) => report.lines.find((one) => one.leftSec === leftSec)

  test('named and wrong at each moment; what nobody looked at is not counted', () => {
    expect(report.windows).toBe(23)
    expect(line(null)).toMatchObject({ named: 23, wrong: 1 })
    expect(line(0)).toMatchObject({ named: 22, wrong: 1, forSale: 0, mayBeWrong: null })
    expect(line(10)).toMatchObject({ named: 21, wrong: 2, forSale: 20, forSaleWrong: 1 })
    expect(line(30)).toMatchObject({ named: 22, wrong: 1 })
    expect(line(20)).toMatchObject({ named: 0, rate: null, low: null })
  })

  test('the rate has its Wilson interval, and the rate that would only break even', () => {
    // Wilson of 2 in 21 is 0.026519 to 0.289141.
    expect(line(10)?.rate).toBeCloseTo(2 / 21, 9)
    expect(line(10)?.low).toBeCloseTo(0.02652, 4)
    expect(line(10)?.high).toBeCloseTo(0.28914, 4)
    // At 0.90 the fee of a share is 0.0063.
    expect(line(10)?.mayBeWrong).toBeCloseTo(1 - 0.9063, 9)
  })

  test('the windows in which the other side was named, and when', () => {
    expect(report.mismatches.map(({ market, wrongAt }) => [market, wrongAt])).toEqual([
      ['btc-updown-15m-18', [10]],
      ['btc-updown-15m-20', [0, 10, 30]],
      ['btc-updown-15m-21', [null]],
    ])
    expect(report.mismatches[2]).toMatchObject({
      winner: 'UP',
      own: 'DOWN',
      final: '1',
      strike: '2',
      certainty: 'estimated',
    })
  })
})
