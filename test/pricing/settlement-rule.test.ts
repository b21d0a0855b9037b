import { describe, expect, test } from 'vitest'
import { descriptionOf } from '../../src/local-venue/rules-text.ts'
import { resolutionSourceOf, SERIES } from '../../src/local-venue/schedule.ts'
import { type RuleTexts, readSettlementRule } from '../../src/pricing/settlement-rule.ts'

const AVERAGED: RuleTexts = {
  asset: 'btc',
  windowSec: 300,
  resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
  description:
    'This market will resolve to "Up" if the TWAP at the end of the range is greater than or equal to the TWAP at its beginning. ' +
    'Otherwise it will resolve to "Down". Source: https://data.chain.link/streams/btc-usd-twap-60s-streams',
  config: { twapEnabled: true, lookbackSeconds: 60 },
}
const TRADED: RuleTexts = {
  asset: 'eth',
  windowSec: 3_600,
  resolutionSource: 'https://www.binance.com/en/trade/ETH_USDT',
  description:
    'Resolves to "Up" if the close price is greater than or equal to the open price for the ETH/USDT 1 hour candle that begins at the time in the ' +
    'title. Otherwise "Down". Shown at the top of the graph for the relevant "1H" candle.',
  config: null,
}
const SPOT: RuleTexts = {
  ...AVERAGED,
  resolutionSource: 'https://data.chain.link/streams/btc-usd',
  description:
    'Resolves to "Up" if the price at the end is greater than or equal to the price at the beginning, otherwise to "Down".',
  config: null,
}

function reasonFor(texts: RuleTexts, change: Partial<RuleTexts>): string | null {
  const { rule, reason } = readSettlementRule({ ...texts, ...change })
  expect(rule === null).toBe(reason !== null)
  return reason
}

describe('the rule of a window', () => {
  test('is read from what the market says', () => {
    expect(readSettlementRule(AVERAGED).rule).toEqual({
      kind: 'twap',
      lookbackSec: 60,
      offsetSec: 0,
    })
    expect(readSettlementRule(TRADED).rule).toEqual({
      kind: 'candle',
      source: 'binance',
      intervalSec: 3_600,
    })
    expect(readSettlementRule(SPOT).rule).toEqual({ kind: 'spot' })
  })

  test('takes look-back and offset as data', () => {
    const thirty = {
      ...AVERAGED,
      resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-30s-streams',
      config: { twapEnabled: true, lookbackSeconds: 30 },
    }
    expect(readSettlementRule(thirty, 3).rule).toEqual({
      kind: 'twap',
      lookbackSec: 30,
      offsetSec: 3,
    })
    expect(reasonFor(AVERAGED, { config: null })).toBeNull()
  })

  test.each(SERIES.map((series) => [series.slug, series] as const))(
    'reads the embedded venue: %s',
    (_slug, series) => {
      const isCandle = series.rule === 'candle'
      const { rule } = readSettlementRule({
        asset: series.asset,
        windowSec: 90,
        resolutionSource: resolutionSourceOf(series),
        description: descriptionOf({ series }),
        config: isCandle ? null : { twapEnabled: true, lookbackSeconds: 60 },
      })
      expect(rule).toEqual(
        isCandle
          ? { kind: 'candle', source: 'binance', intervalSec: 90 }
          : { kind: 'twap', lookbackSec: 60, offsetSec: 0 },
      )
    },
  )

  const other = (words: string) =>
    `Resolves to "Up" if the ${words} is greater than or equal to the one at its beginning, else to "Down".`
  test.each<[string, RuleTexts, Partial<RuleTexts>]>([
    ['names no resolution source', AVERAGED, { resolutionSource: null }],
    ['has no description', AVERAGED, { description: null }],
    [
      'is none of ours',
      AVERAGED,
      { resolutionSource: 'https://data.chain.link/streams/btc-usd-vwap' },
    ],
    ['is none of ours', AVERAGED, { resolutionSource: '' }],
    ['is none of ours', TRADED, { resolutionSource: 'https://www.binance.com/en/trade/ETH_USDC' }],
    ['is of btc, the market of sol', AVERAGED, { asset: 'sol' }],
    ['is of eth, the market of xrp', TRADED, { asset: 'xrp' }],
    ['a tie is Up', AVERAGED, { description: 'Up if the TWAP is greater than before, else Down.' }],
    [
      'a tie is Up',
      AVERAGED,
      { description: 'Up or Down: Down if the TWAP is greater than or equal to it.' },
    ],
    ['the market says 30 s', AVERAGED, { config: { twapEnabled: true, lookbackSeconds: 30 } }],
    [
      'the market says no look-back',
      AVERAGED,
      { config: { twapEnabled: true, lookbackSeconds: null } },
    ],
    ['it is not averaged', AVERAGED, { config: { twapEnabled: false, lookbackSeconds: null } }],
    ['does not speak of an average', AVERAGED, { description: other('price at the end') }],
    [
      'the description says 30 s',
      AVERAGED,
      { description: other('30-second time-weighted average') },
    ],
    ['the description says 120 s', AVERAGED, { description: other('2 minute average') }],
    [
      'the description says 90 s',
      AVERAGED,
      { description: other('TWAP with a look-back of 90 seconds') },
    ],
    [
      'it is averaged, its resolution',
      SPOT,
      { config: { twapEnabled: true, lookbackSeconds: 60 } },
    ],
    ['speaks of an average', SPOT, { description: other('TWAP at the end') }],
    ['speaks of a candle', SPOT, { description: other('close of the candle') }],
    ['no candle', TRADED, { description: other('price at the end') }],
    ['names no candle of eth', TRADED, { description: other('close of the BTC/USDT candle') }],
    ['its candle 3600 s', TRADED, { windowSec: 900 }],
    ['its candle 300 s', TRADED, { description: other('close of the ETH/USDT "5m" candle') }],
  ])('is unknown when it %s', (why, texts, change) => {
    expect(reasonFor(texts, change)).toContain(why)
  })
})
