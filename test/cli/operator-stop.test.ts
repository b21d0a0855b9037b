/** How a bot ends that is told to, and what holds when it does not listen. Runs what was built. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { startLocalVenue } from '../../src/local-venue/venue.ts'
import { until } from '../support/until.ts'
import { cli, folder, killAll, program, shows, word } from './operator-words.ts'

afterEach(killAll)

test('stop waits for the windows that were fired in, and takes no other', async () => {
  const cwd = folder()
  const venue = await startLocalVenue({
    profile: 'demo',
    seed: 11,
    epochMs: 1_795_230_000_000,
    firstCloseSec: 40,
  })
  onTestFinished(venue.close)
  const { endpoints, account, chainId } = venue
  writeFileSync(join(cwd, 'venue.json'), JSON.stringify({ ...endpoints, account, chainId }))
  // Nothing is settled before it was looked at.
  const unresolved = JSON.stringify({ name: 'late-resolution', probability: 1 })
  await fetch(`${endpoints.control}/faults`, { method: 'POST', body: unresolved })
  const { code, said } = program(['run', '--venue-json', 'venue.json'], cwd)
  await until(() => said.out.includes('FIRED'), 20)
  expect((await word(['stop'], cwd)).code).toBe(0)
  await shows(cwd, { stopping: true })
  const found = said.out.split('found').length
  await fetch(`${endpoints.control}/faults`, { method: 'DELETE' })
  expect(await code).toBe(0)
  const slugs = (word: string) =>
    [...said.out.matchAll(new RegExp(`${word} +(\\S+):`, 'g'))].map((match) => match[1]).sort()
  expect(slugs('FIRED').length).toBeGreaterThan(0)
  expect(slugs('settled')).toEqual(expect.arrayContaining(slugs('FIRED')))
  expect(said.out.split('found').length).toBe(found)
})

test('a bot that does not answer: kill writes the halt all the same and says what to do', async () => {
  const cwd = folder()
  const bot = program(['run'], cwd)
  await shows(cwd, { halted: false })
  bot.child.kill('SIGSTOP')
  const killed = await cli(['kill'], cwd)
  expect([killed.code, killed.out]).toEqual([5, ''])
  expect(killed.err).toMatch(/The halt stands in the ledger.*make sure that this process ends/)
  bot.child.kill('SIGKILL')
  await bot.code
  const once = await cli(['run', '--once'], cwd)
  expect(once.code).toBe(6)
})

test('where the ledger takes no write either, kill says that nothing is halted and what to do', async () => {
  const cwd = folder()
  const bot = program(['run'], cwd)
  await shows(cwd, { halted: false })
  bot.child.kill('SIGSTOP')
  // As if it had been stopped in the middle of a write.
  const lock = new Database(join(cwd, 'data/local/dry/ledger.db'))
  lock.exec('BEGIN IMMEDIATE')
  const killed = await cli(['kill'], cwd)
  expect([killed.code, killed.out]).toEqual([5, ''])
  expect(killed.err).toMatch(/NOTHING IS HALTED.*locked.*kill -9.*lastsecond kill/)
  lock.exec('ROLLBACK')
  lock.close()
  bot.child.kill('SIGKILL')
  await bot.code
  expect((await cli(['kill'], cwd)).code).toBe(0)
  expect((await cli(['run', '--once'], cwd)).code).toBe(6)
})
