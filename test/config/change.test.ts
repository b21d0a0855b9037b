/** Settings of a running bot: which may change, and the sentences for those that may not. */
import { describe, expect, test } from 'vitest'
import { liveSettings } from '../../src/cli/live-settings.ts'
import { changedConfig, changesOf } from '../../src/config/change.ts'
import { CONFIG_KEYS, showValue } from '../../src/config/keys.ts'
import { loadConfig } from '../../src/config/load.ts'

const { config } = loadConfig({ cwd: '/', env: {} })
const { plan } = liveSettings(config, 'dry', false)
const asked = (key: string, value: string) => new Map([[key, value]])

describe('what is refused, and nothing changes', () => {
  test.each([
    ['params.maxask', '0.9', /^params\.maxask is not a parameter of last-second.*maxAsk/],
    [
      'params.maxAsk',
      '1.5',
      /^params\.maxAsk must be a price.*got "?1\.5"? \(said to the running bot\)$/,
    ],
    ['params.__proto__', '1', /is not a parameter of last-second/],
    ['params.', '1', /is not a parameter of last-second/],
    ['params', '1', /^params is not a known setting/],
    ['', '1', /is not a known setting/],
    [
      'limits.maxPositionUSD',
      '5',
      /^limits\.maxPositionUSD is not a known setting.*maxPositionUsd/,
    ],
    ['limits.maxPositionUsd', '-1', /^limits\.maxPositionUsd must be .*got "-1"/],
    ['limits.maxPositionUsd', 'much', /^limits\.maxPositionUsd must be /],
    ['limits.dayStarts', '10:00', /^limits\.dayStarts needs a restart/],
    [
      'strategy',
      'momentum',
      /^strategy needs a restart; while the bot runs, settings of params, limits, sizing, gates/,
    ],
    ['assets', 'btc', /^assets needs a restart/],
    ['wallet.funder', '0x1', /^wallet\.funder needs a restart/],
    ['control.host', '0.0.0.0', /^control\.host needs a restart/],
    ['gates.zoneToSec', '100', /no order would ever pass/],
    ['sizing.fraction', '2', /^sizing\.fraction must be a number, 0\.0001 to 1/],
  ])('%s = %s', (key, value, sentence) => {
    expect(() => plan(asked(key, value), [])).toThrow(sentence)
  })

  test('one bad setting among good ones', () => {
    const both = new Map([
      ['params.maxAsk', '0.9'],
      ['limits.maxPositionUsd', 'x'],
    ])
    expect(() => plan(both, [])).toThrow(/limits\.maxPositionUsd/)
  })
})

test('every setting of the four sections takes the value that it has, and that changes nothing', () => {
  for (const key of CONFIG_KEYS) {
    const [section = '', name = ''] = key.path.split('.')
    if (!['limits', 'sizing', 'gates'].includes(section) || key.path.startsWith('limits.day'))
      continue
    const values = config[section as 'limits'] as Readonly<Record<string, unknown>>
    const value = showValue(key, values[name])
    expect(changedConfig(config, asked(key.path, value))).toEqual(config)
    expect(changesOf(config, [], asked(key.path, value))).toEqual([])
  }
})

test('values are told as the configuration writes them, from what is in force', () => {
  const inForce = [{ key: 'params.maxAsk', from: '0.99', to: '0.95' }]
  const wanted = new Map([
    ['params.maxAsk', '.90'],
    ['limits.maxPositionUsd', ' 50.0 '],
    ['params.listenFromSec', '60'],
  ])
  expect(plan(wanted, inForce)).toEqual([
    { key: 'params.maxAsk', from: '0.95', to: '0.9' },
    { key: 'limits.maxPositionUsd', from: expect.any(String), to: '50' },
    { key: 'params.listenFromSec', from: '180', to: '60' },
  ])
})
