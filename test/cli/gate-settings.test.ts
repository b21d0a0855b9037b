/** Where the gates of the zone and the price stand: as the strategy says of itself, or as a person does. */
import { expect, test } from 'vitest'
import { bindStrategy, engineSettings } from '../../src/cli/bot-setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { STRATEGIES } from '../../src/strategies/registry.ts'

type Gates = Partial<Config['gates']>

function gatesOf(strategy: string, gates: Gates = {}) {
  const { config: usual } = loadConfig({ cwd: '/', env: {} })
  const config: Config = { ...usual, strategy, gates: { ...usual.gates, ...gates } }
  const settings = engineSettings(config, bindStrategy(config), false)
  const { zoneFromMicros, zoneToMicros, priceMin, priceMax } = settings.gates
  return { zoneFromMicros, zoneToMicros, priceMin, priceMax }
}

test('the last second has the minute, one half and 0.999', () => {
  expect(gatesOf('last-second')).toEqual({
    zoneFromMicros: 60_000_000,
    zoneToMicros: 0,
    priceMin: 5_000,
    priceMax: 9_990,
  })
})

test('others have their span and their own prices', () => {
  expect(gatesOf('market-maker')).toEqual({
    zoneFromMicros: 840_000_000,
    zoneToMicros: 30_000_000,
    priceMin: null,
    priceMax: null,
  })
  expect(gatesOf('distance-fade')).toMatchObject({ zoneFromMicros: 90_000_000, priceMax: 9_700 })
})

test('several as one have the widest of each', () => {
  expect(gatesOf('distance-fade,momentum')).toEqual({
    zoneFromMicros: 600_000_000,
    zoneToMicros: 2_000_000,
    priceMin: null,
    priceMax: 9_700,
  })
})

test('what a person sets holds, and off is off', () => {
  const own = gatesOf('market-maker', { zoneFromSec: 100, priceMin: 0.2, priceMax: 'off' })
  expect(own).toMatchObject({ zoneFromMicros: 100_000_000, priceMin: 2_000, priceMax: null })
})

test('a bound that leaves nothing of the strategy is refused by name', () => {
  expect(() => gatesOf('market-maker', { zoneFromSec: 20 })).toThrow(/gates\.zoneToSec leaves/)
  expect(() => gatesOf('last-second', { priceMin: 0.9995 })).toThrow(/gates\.priceMin leaves/)
})

test.each(STRATEGIES.map(({ name }) => name))('%s leaves itself room', (name) => {
  expect(() => gatesOf(name)).not.toThrow()
})
