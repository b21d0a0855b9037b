/** `config set --running` as a person types it, on a bot that runs and on none. Runs what was built. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cli, folder, killAll, program, shows, word } from './operator-words.ts'

afterEach(killAll)

test('with no bot running there is nobody to tell; flags that would mean nothing are refused', async () => {
  const cwd = folder()
  const nobody = await cli(['config', 'set', 'params.maxAsk', '0.95', '--running'], cwd)
  expect([nobody.code, nobody.err]).toEqual([3, expect.stringMatching(/no bot is running here/)])
  for (const args of [
    ['show', '--running'],
    ['set', 'params.maxAsk', '0.95', '--live'],
  ])
    expect((await cli(['config', ...args], cwd)).code).toBe(2)
  expect(existsSync(join(cwd, 'lastsecond.yaml'))).toBe(false)
})

test('the running bot takes what fits, shows it, and writes no file', async () => {
  const cwd = folder()
  const bot = program(['run'], cwd)
  await shows(cwd, { halted: false })
  const set = (key: string, value: string) => word(['config', 'set', key, value, '--running'], cwd)
  const taken = await set('params.maxAsk', '0.95')
  expect([taken.code, taken.out]).toEqual([
    0,
    expect.stringMatching(
      /^params\.maxAsk 0\.99 -> 0\.95; it holds from the next decision on, and until/,
    ),
  ])
  expect((await set('params.maxAsk', '0.950')).out).toMatch(/already/)
  for (const [key, value, sentence] of [
    ['params.maxAsk', '2', /params\.maxAsk must be a price of at most 4 places/],
    ['limits.maxPosition', '2', /limits\.maxPosition is not a known setting.*maxPositionUsd/],
    ['strategy', 'momentum', /strategy needs a restart/],
  ] as const) {
    const refused = await set(key, value)
    expect([refused.code, refused.err]).toEqual([4, expect.stringMatching(sentence)])
  }
  expect((await word(['status'], cwd)).out).toMatch(
    /^changed while it runs, until it ends: params\.maxAsk 0\.99 -> 0\.95$/m,
  )
  expect(existsSync(join(cwd, 'lastsecond.yaml'))).toBe(false)
  bot.child.kill('SIGINT')
  expect(await bot.code).toBe(0)
  expect(bot.said.out).toMatch(/changed {4}params\.maxAsk 0\.99 -> 0\.95/)
})
