/** Rehearsals as a person types them: up to the order, and the whole way with one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningVenue, startLocalVenue } from '../../../src/local-venue/venue.ts'
import { commandLine } from '../../support/command-line.ts'

let venue: RunningVenue
let cwd: string

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'rehearse-'))
  venue = await startLocalVenue({ profile: 'demo', seed: 5, windowSec: 600, firstCloseSec: 300 })
  const line = { ...venue.endpoints, account: venue.account, chainId: venue.chainId }
  writeFileSync(join(cwd, 'venue.json'), JSON.stringify(line))
})

afterAll(async () => {
  await venue.close()
  rmSync(cwd, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

test('a rehearsal without an order goes the whole way up to it, and sends none', async () => {
  const ran = await commandLine(['rehearse', '--json', '--venue-json', 'venue.json'], { cwd })
  expect([ran.code, ran.err]).toEqual([0, ''])
  const steps = JSON.parse(ran.out) as { step: string; detail: string; micros: number | null }[]
  expect(steps.map(({ step }) => step)).toEqual([
    'key',
    'account',
    'clock',
    'window',
    'signed',
    'connected',
    'round trip',
    'rehearsed',
    'latest safe send',
    'would send',
  ])
  expect(steps.at(-1)?.detail).toMatch(/^not sent: .*fill-or-kill.*order 0x[0-9a-f]{64}/)
  const ledger = await fetch(`${venue.endpoints.control}/ledger/${venue.account.address}`)
  expect(await ledger.json()).toMatchObject({ orders: [], trades: [] })
})

test('a whole rehearsal ends with a confirmed order and equal books', async () => {
  const ran = await commandLine(['rehearse', '--json'], { cwd })
  expect([ran.code, ran.err]).toEqual([0, ''])
  const steps = JSON.parse(ran.out) as { step: string; micros: number | null }[]
  const names = steps.map(({ step }) => step)
  for (const step of [
    'decided',
    'written',
    'answered',
    'matched',
    'confirmed',
    'redeemed',
    'books',
  ])
    expect(names).toContain(step)
  const time = (name: string): number => steps.find(({ step }) => step === name)?.micros ?? -1
  expect(time('written')).toBeGreaterThan(0)
  expect(time('answered')).toBeGreaterThan(time('written'))
  expect(time('confirmed')).toBeGreaterThan(time('matched'))
})
