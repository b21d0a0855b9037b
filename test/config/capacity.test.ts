/** What a purchase may spend on single assets, as a person writes it. */
import { expect, test } from 'vitest'
import { capacityOf } from '../../src/config/capacity.ts'
import { loadConfig } from '../../src/config/load.ts'

const load = (text: string) =>
  capacityOf(loadConfig({ cwd: '/', env: { SIZING_CAPACITY: text } }).config.sizing.capacity)

test('assets with their dollars, or nothing', () => {
  expect(load('')).toEqual({})
  expect(load('BTC:500, eth:150.25')).toEqual({ btc: 500_000_000, eth: 150_250_000 })
})

test.each(['btc', 'doge:5', 'btc:', 'btc:0', 'btc:-1', 'btc:1e3', 'btc:5:6', 'btc:5,btc:6'])(
  '%s is refused by name',
  (text) => {
    expect(() => load(text)).toThrow(
      /^sizing.capacity must be different ones of btc, eth, sol, xrp/,
    )
  },
)
