import { describe, expect, it } from 'vitest'
import { optionsOf } from '../../../src/cli/verbs/venue.ts'
import { UserError } from '../../../src/domain/user-error.ts'

const refusal = (flags: Record<string, unknown>, profile?: string): string => {
  try {
    optionsOf(flags, profile)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'usage') return error.message
    throw error
  }
  return 'accepted'
}

describe('the flags of the verb', () => {
  it('become options', () => {
    const flags = {
      port: '9000',
      seed: '7',
      window: '90',
      'first-close': '20',
      epoch: '1795194000000',
      rate: '50',
      fault: ['lost-delta', 'gamma-500,no-version'],
    }
    expect(optionsOf(flags, 'demo')).toEqual({
      profile: 'demo',
      port: 9_000,
      seed: 7,
      windowSec: 90,
      firstCloseSec: 20,
      epochMs: 1_795_194_000_000,
      ratePerSec: 50,
      faults: ['lost-delta', 'gamma-500', 'no-version'],
      startedAtMonotonicMs: 0,
    })
    expect(optionsOf({}, undefined)).toEqual({
      profile: 'faithful',
      port: 0,
      seed: 1,
      ratePerSec: 20,
      faults: [],
      startedAtMonotonicMs: 0,
    })
  })

  it('are refused in one sentence that names the flag', () => {
    expect(refusal({ window: '60' })).toBe(
      '--window must be a whole number from 90 to 86400, got "60".',
    )
    expect(refusal({ port: '70000' })).toContain('--port')
    expect(refusal({ seed: '-1' })).toContain('--seed')
    expect(refusal({ seed: '1.5' })).toContain('--seed')
    expect(refusal({ epoch: 'now' })).toContain('--epoch')
    expect(refusal({ rate: '0' })).toContain('--rate')
    expect(refusal({ fault: ['earthquake'] })).toContain('silent-stall')
    expect(refusal({}, 'loud')).toContain('--profile')
    expect(refusal({ 'first-close': '20' })).toContain('--window')
    expect(refusal({ 'first-close': '20' }, 'demo')).toBe('accepted')
  })
})
