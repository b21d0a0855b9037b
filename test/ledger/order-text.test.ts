import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conditionId, orderId, tokenId } from '../../src/domain/ids.ts'
import type { Order } from '../../src/domain/order.ts'
import { microShares, micros, microUsdc, ticks } from '../../src/domain/units.ts'
import { orderText } from '../../src/ledger/order-text.ts'

const word = fc.oneof(fc.stringMatching(/^[\w./-]{1,40}$/), fc.string({ unit: 'binary' }))
const amount = fc.nat({ max: Number.MAX_SAFE_INTEGER })
// Every field by name: one that is new fails to compile here, and is not forgotten there.
const order: fc.Arbitrary<Order> = fc.record<Required<Order>>({
  id: word.map(orderId),
  conditionId: word.map(conditionId),
  strategy: word,
  side: fc.constantFrom('UP', 'DOWN'),
  token: word.map(tokenId),
  action: fc.constantFrom('BUY', 'SELL'),
  kind: fc.constantFrom('FOK', 'FAK', 'GTC', 'GTD'),
  postOnly: fc.boolean(),
  expiresAt: fc.option(amount.map(micros)),
  limit: fc.nat({ max: 10_000 }).map(ticks),
  spend: amount.map(microUsdc),
  shares: amount.map(microShares),
  decidedAt: amount.map(micros),
})

test('is read back as the order, whatever its names are made of', () => {
  fc.assert(
    fc.property(order, (one) => {
      expect(JSON.parse(orderText(one))).toEqual(JSON.parse(JSON.stringify(one)))
    }),
    { numRuns: 2_000 },
  )
})
