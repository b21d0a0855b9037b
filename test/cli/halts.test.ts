/** A bot that halts itself says why, ends with the exit code of a halt, and is halted at the next start. Runs what was built. */
import { expect, test } from 'vitest'
import { cli, folder } from './program.ts'

test('a limit of zero halts at once, and until a person resumes', async () => {
  const cwd = folder()
  const env = { MAX_DAILY_LOSS_USD: '0', LASTSECOND_HOME: cwd }
  const args = ['run', '--once', '--asset', 'btc', '--interval', '5m', '--first-close', '60']
  const first = await cli(args, cwd, env)
  expect(first.out).toMatch(/HALTED +DAILY_LOSS: 0 USD were lost/)
  expect(first.out).toMatch(/no shot \(OPERATOR: too much was lost this day/)
  expect(first.code, first.err).toBe(6)
  const second = await cli(args, cwd, env)
  expect(second.err).toMatch(/TRADING IS HALTED: DAILY_LOSS/)
  expect(second.code).toBe(6)
  expect((await cli(['resume'], cwd, env)).code).toBe(0)
  const checked = await cli(['pnl'], cwd, env)
  expect(checked.out).toMatch(/tripwire: no shots yet/)
})
