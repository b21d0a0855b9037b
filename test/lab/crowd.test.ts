/** The made crowds beside what was measured: the figures add up, and the fitted crowd is nearest under the rule that then held. */
import { beforeAll, describe, expect, test } from 'vitest'
import { crowdsText, fitText } from '../../src/cli/crowd-table.ts'
import { MEASURED } from '../../src/lab/crowd-measured.ts'
import { type CrowdStudy, fitCrowd, studyCrowds } from '../../src/lab/crowd-study.ts'
import { CROWDS } from '../../src/lab/crowd-worth.ts'

const WINDOWS = 150

let studies: CrowdStudy[]
beforeAll(() => {
  studies = studyCrowds({ seed: 1, windows: WINDOWS })
}, 300_000)

function of(crowd: string, rule: string): CrowdStudy {
  const study = studies.find((one) => one.crowd === crowd && one.rule === rule)
  if (study === undefined) throw new Error(`no study of ${crowd} under ${rule}`)
  return study
}

describe('the made crowds', () => {
  test('are all of them asked at the measured seconds, under both rules', () => {
    expect(studies).toHaveLength(CROWDS.length * 2)
    for (const { windows, rows } of studies) {
      expect(windows).toBe(WINDOWS)
      expect(rows.map(({ secondsLeft }) => secondsLeft)).toEqual([40, 25, 10, 1])
      for (const { asks, share } of rows) expect(share.value).toBe(asks / WINDOWS)
    }
  })

  test('have an ask as often as was counted, within what so few windows tell', () => {
    for (const { crowd, rows } of studies) {
      for (const [at, { share }] of rows.entries()) {
        const measured = MEASURED[at]?.share ?? { value: 0, error: 0 }
        const error = Math.hypot(share.error, measured.error)
        expect(Math.abs(share.value - measured.value), crowd).toBeLessThan(3 * error)
      }
    }
  })

  test('of those that were not fitted none comes as near ten seconds before the close', () => {
    const { meanAsk, net } = MEASURED[2] as (typeof MEASURED)[number]
    const off = (crowd: string): number[] => {
      const made = of(crowd, 'candle').rows[2]
      return [
        Math.abs((made?.meanAsk?.value ?? 0) - (meanAsk?.value ?? 0)),
        Math.abs((made?.net?.value ?? 0) - net.value),
      ]
    }
    const [ask = 1, gain = 1] = off('fitted')
    for (const crowd of ['knows', 'hears', 'last-price']) {
      const [otherAsk, otherGain] = off(crowd)
      expect(otherAsk, crowd).toBeGreaterThan(ask)
      expect(otherGain, crowd).toBeGreaterThan(gain)
    }
    expect(of('knows', 'candle').misfit).toBeGreaterThan(of('fitted', 'candle').misfit)
  })

  test('doubt makes the favourite cheaper, and its buyer richer', () => {
    const [fitted, hears] = [of('fitted', 'candle'), of('hears', 'candle')]
    for (const [at, row] of fitted.rows.slice(0, 3).entries()) {
      const other = hears.rows[at]
      expect(row.meanAsk?.value).toBeLessThan(other?.meanAsk?.value ?? 0)
      expect(row.net?.value).toBeGreaterThan(other?.net?.value ?? 1)
    }
  })
})

describe('the study of crowds', () => {
  test('the same seed gives the same bytes, and another seed others', () => {
    const text = (seed: number): string => JSON.stringify(fitCrowd({ seed, windows: 6 }))
    expect(text(1)).toBe(text(1))
    expect(text(2)).not.toBe(text(1))
  }, 60_000)

  test('is printed with what was measured, and without figures where there are none', () => {
    const text = crowdsText(studies)
    expect(text).toContain('MEASURED           last price  46.8 ± 3.5    0.898 ± 0.012  6.6 ± 2.0')
    for (const crowd of CROWDS) expect(text).toContain(crowd)
    const none = fitText(fitCrowd({ seed: 1, windows: 1 }))
    expect(none).toMatch(/^MEASURED +0.898 ± 0.012 +-2.6 ± 2.0/m)
    expect(none).not.toMatch(/NaN|Infinity/)
  }, 60_000)
})
