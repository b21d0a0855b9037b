/** The strategy's own parameters are settings like the others: known by name, with a range, a default and an origin. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { givenParams, paramsInForce, paramsOf, strategiesNamed } from '../../src/config/params.ts'
import { lastSecond } from '../../src/strategies/last-second.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'params-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function loaded(yaml: string) {
  writeFileSync(join(cwd, 'lastsecond.yaml'), yaml)
  return loadConfig({ cwd, env: {} })
}

function inForce(yaml: string): Record<string, string> {
  const { config, origins } = loaded(yaml)
  return Object.fromEntries(
    paramsInForce(lastSecond, config, origins).map((one) => [
      one.name,
      `${one.value} / ${one.origin}`,
    ]),
  )
}

test('every parameter has a default, a range and a meaning', () => {
  const list = paramsOf(lastSecond)
  expect(list.map(({ name }) => name)).toContain('maxAsk')
  for (const { initial, range, meaning } of list) {
    expect([initial, range, meaning]).not.toContain('')
    expect(range).not.toMatch(/string|undefined|\|/)
  }
})

test('what holds is shown with its origin, defaults too', () => {
  expect(inForce('params: { maxAsk: 0.97, shares: 50 }')).toEqual({
    winner: 'settlement / the default',
    minEdge: '0 / the default',
    fireAt: '1 / the default',
    maxAsk: '0.97 / from lastsecond.yaml',
    shares: '50 / from lastsecond.yaml',
    listenFromSec: '180 / as discovery.startBufferSec, the default',
  })
})

test('the start buffer is the listening time unless the parameter is set', () => {
  const buffer = 'discovery: { startBufferSec: 5000, maxMinutesAhead: 90 }'
  expect(inForce(buffer)['listenFromSec']).toBe(
    '5000 / as discovery.startBufferSec, from lastsecond.yaml',
  )
  const both = loaded(`${buffer}\nparams: { listenFromSec: 60 }`)
  expect(givenParams(lastSecond, both.config)).toMatchObject({ listenFromSec: 60 })
  expect(inForce(`${buffer}\nparams: { listenFromSec: 60 }`)['listenFromSec']).toBe(
    '60 / from lastsecond.yaml',
  )
})

test.each([
  [
    'fireAt: two',
    'params.fireAt must be a number, 0.2 to 60, or auto, got "two" (from lastsecond.yaml)',
  ],
  [
    'fireAt: 61',
    'params.fireAt must be a number, 0.2 to 60, or auto, got 61 (from lastsecond.yaml)',
  ],
  [
    'maxAsk: "1.5"',
    'params.maxAsk must be a price of at most 4 places, 0.0001 to 0.9999, got 1.5 (from',
  ],
  ['shares: 1.5', 'params.shares must be a whole number of shares, 1 or more, got 1.5 (from'],
  [
    'winner: coin',
    'params.winner must be one of settlement, book, spot, got "coin" (from lastsecond.yaml)',
  ],
  [
    'firesAt: 2',
    'params.firesAt is not a parameter of last-second (from lastsecond.yaml); did you mean fireAt?',
  ],
  [
    'zebra: 2',
    'params.zebra is not a parameter of last-second (from lastsecond.yaml); there are: winner,',
  ],
])('%s is refused with its name, range and place', (yaml, message) => {
  expect(() => loaded(`params: { ${yaml} }`)).toThrow(message)
})

describe('several strategies', () => {
  const several = 'strategy: "settlement-sniper, distance-fade"'

  test('each takes the parameters that it has', () => {
    const { config } = loaded(`${several}\nparams: { minDistance: 0.002, shares: 7 }`)
    const [sniper, fade] = strategiesNamed(config.strategy) ?? []
    if (sniper === undefined || fade === undefined) throw new Error('both are there')
    expect(givenParams(sniper, config)).toEqual({ listenFromSec: 180, shares: 7 })
    expect(givenParams(fade, config)).toEqual({ listenFromSec: 180, shares: 7, minDistance: 0.002 })
  })

  test('what none of them has is refused', () => {
    expect(() => loaded(`${several}\nparams: { winner: book }`)).toThrow(
      'params.winner is not a parameter of settlement-sniper, distance-fade (from lastsecond.yaml)',
    )
  })

  test('what does not fit one of them is refused', () => {
    expect(() => loaded(`${several}\nparams: { minDistance: 7 }`)).toThrow(
      'params.minDistance must be a number, 0 to 0.1, got 7 (from lastsecond.yaml)',
    )
  })
})
