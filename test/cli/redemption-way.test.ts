/** Who redeems the wins of which wallet. */
import { expect, test, vi } from 'vitest'
import { redemptionWay } from '../../src/cli/redemption-way.ts'
import { aLog } from '../support/live.ts'

const wallet = (signatureType: 0 | 1 | 2 | 3) => ({
  privateKey: '',
  signatureType,
  funder: signatureType === 0 ? null : '0xfunder',
})
const chainThat = (operator: boolean, gas: bigint, canMove: boolean) => ({
  canMove,
  operatorMay: vi.fn(() => Promise.resolve(operator)),
  gas: vi.fn(() => Promise.resolve(gas)),
})

test.each([
  [0, false, 0n, 'own', 0],
  [1, false, 1n, 'own', 0],
  [2, false, 1n, 'own', 0],
  [2, true, 1n, 'operator', 0],
  [3, true, 0n, 'operator', 0],
  [1, false, 0n, 'site', 1],
  [3, false, 1n, 'site', 1],
] as const)('type %i, operator %s, gas %s: %s', async (type, operator, gas, way, warnings) => {
  const log = aLog()
  const chain = chainThat(operator, gas, type !== 3)
  expect(await redemptionWay(chain, wallet(type), log)).toBe(way)
  expect(log.warn).toHaveBeenCalledTimes(warnings)
  if (warnings > 0) expect(log.warn.mock.calls[0]?.[0]).toMatch(/claim the win at polymarket\.com/)
  expect(log.info).toHaveBeenCalledTimes(way === 'operator' ? 1 : 0)
})

test('a chain that does not answer is said, and what can be tried is', async () => {
  for (const [type, way] of [
    [2, 'own'],
    [3, 'site'],
  ] as const) {
    const log = aLog()
    const chain = chainThat(false, 1n, type !== 3)
    chain.operatorMay.mockRejectedValue(new Error('down'))
    expect(await redemptionWay(chain, wallet(type), log)).toBe(way)
    expect(log.warn).toHaveBeenCalledTimes(1)
  }
})
