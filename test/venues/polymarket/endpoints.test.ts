import { expect, test } from 'vitest'
import { UserError } from '../../../src/domain/user-error.ts'
import { PRODUCTION, parseVenueJson } from '../../../src/venues/polymarket/endpoints.ts'

const VENUE = {
  ...PRODUCTION,
  gamma: 'http://127.0.0.1:4100/gamma/',
  control: 'http://127.0.0.1:4100/control',
  account: { privateKey: '0x01', address: '0x02' },
  chainId: 137,
}

function complaint(text: string): string {
  try {
    parseVenueJson(text)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

test('a complete line is taken, without trailing slashes, and unknown keys do no harm', () => {
  const venue = parseVenueJson(JSON.stringify({ ...VENUE, notes: ['short windows'], extra: 1 }))
  expect(venue.gamma).toBe('http://127.0.0.1:4100/gamma')
  expect(venue.marketWs).toBe(PRODUCTION.marketWs)
  expect(venue.account.address).toBe('0x02')
  expect(venue.notes).toEqual(['short windows'])
})

test('the missing key is named, and so is a nested one', () => {
  const { rtds: _, ...rest } = VENUE
  expect(complaint(JSON.stringify(rest))).toContain('"rtds" is missing')
  expect(complaint(JSON.stringify({ ...VENUE, account: {} }))).toContain(
    '"account.privateKey" is missing',
  )
})

test('an address of the wrong kind is wrong, not missing', () => {
  const message = complaint(JSON.stringify({ ...VENUE, marketWs: 'http://127.0.0.1/ws' }))
  expect(message).toContain('"marketWs" is wrong')
})

test('what is not JSON, or no object, is said to be so', () => {
  expect(complaint('listening on 4100')).toContain('is not JSON')
  expect(complaint('"text"')).toContain('it is not an object')
})
