/** pause, resume, stop and kill as a person types them, on a bot that runs and on none. Runs what was built. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { cli, folder, killAll, program, shows, word } from './operator-words.ts'

afterEach(killAll)

describe('with no bot running', () => {
  test('pause and stop have nobody to talk to', async () => {
    for (const verb of ['pause', 'stop']) {
      const { code, out, err } = await cli([verb, '--json'], folder())
      expect([code, out]).toEqual([3, ''])
      expect(err).toMatch(/no bot is running here/)
    }
  })

  test('kill is written down: run --once refuses with 6, until resume', async () => {
    const cwd = folder()
    const killed = await cli(['kill', '--json'], cwd)
    expect(killed.code).toBe(0)
    expect(JSON.parse(killed.out)).toEqual({ ok: true, action: 'kill', running: false })
    expect((await cli(['kill'], cwd)).out).toMatch(/the halt is written down/)
    const once = await cli(['run', '--once', '--json'], cwd)
    expect([once.code, once.out]).toEqual([6, ''])
    expect(once.err).toMatch(/TRADING IS HALTED.*lastsecond resume/)
    const resumed = await cli(['resume', '--json'], cwd)
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.out)).toEqual({ ok: true, action: 'resume', running: false })
    const bot = program(['run', '--once', '--first-close', '89'], cwd)
    await shows(cwd, { halted: false })
    bot.child.kill('SIGINT')
    expect(await bot.code).toBe(0)
    expect(bot.said.out).not.toMatch(/HALTED/)
  })

  test('resume without a ledger makes none', async () => {
    const cwd = folder()
    const { code, out } = await cli(['resume'], cwd)
    expect(code).toBe(0)
    expect(out).toMatch(/no bot is running; no pause and no halt/)
    expect((await cli(['trades'], cwd)).err).toMatch(/there is no ledger/)
  })
})

describe('on a bot of the embedded venue', () => {
  test('it starts halted, says so, and obeys each word; a kill outlives it, a stop does not', async () => {
    const cwd = folder()
    await cli(['kill'], cwd)
    const bot = program(['run'], cwd)
    await shows(cwd, { halted: true, paused: false, stopping: false })
    expect(bot.said.out.match(/HALTED/g)).toHaveLength(1)
    expect((await word(['status'], cwd)).out).toMatch(/^HALTED: .*lastsecond resume/m)
    const resumed = await word(['resume', '--json'], cwd)
    expect(JSON.parse(resumed.out)).toEqual({ ok: true, action: 'resume', running: true })
    await shows(cwd, { halted: false })
    expect((await word(['pause'], cwd)).out).toMatch(/^paused: /)
    await shows(cwd, { paused: true, halted: false })
    expect((await word(['status'], cwd)).out).toMatch(/^PAUSED: /m)
    expect((await word(['kill'], cwd)).out).toMatch(/^killed: /)
    await shows(cwd, { paused: true, halted: true })
    const foreign = await word(['pause'], cwd, { DASHBOARD_API_KEY: 'not the key of this bot' })
    expect([foreign.code, foreign.err]).toEqual([0, ''])
    expect((await word(['stop'], cwd)).out).toMatch(/^stopping: /)
    expect(await bot.code).toBe(0)
    expect((await cli(['status'], cwd)).code).toBe(3)
    expect((await cli(['kill', '--bogus'], cwd)).code).toBe(2)
    const again = program(['run', '--json'], cwd, { DASHBOARD_API_KEY: 'a word of my own' })
    await shows(cwd, { paused: true, halted: true, stopping: false })
    expect(again.said.err).toMatch(/TRADING IS HALTED/)
    const keyless = await cli(['resume'], cwd)
    expect([keyless.code, keyless.out]).toEqual([4, ''])
    expect(keyless.err).toMatch(/DASHBOARD_API_KEY; set the same one here/)
    const wrong = await word(['resume'], cwd, { DASHBOARD_API_KEY: 'another' })
    expect(wrong.code).toBe(4)
    expect(wrong.err).toMatch(/needs the bot's key/)
    await shows(cwd, { halted: true })
    const right = await word(['resume'], cwd, { DASHBOARD_API_KEY: 'a word of my own' })
    expect(right.code).toBe(0)
    await shows(cwd, { paused: false, halted: false })
    again.child.kill('SIGINT')
    expect(await again.code).toBe(0)
    const said = `${bot.said.out}${bot.said.err}${again.said.out}${again.said.err}`
    const logged = ['finder', 'trades'].map((log) =>
      readFileSync(join(cwd, `log/${log}.log`), 'utf8'),
    )
    const key = readFileSync(join(cwd, 'data/local/dry/control.key'), 'utf8').trim()
    for (const text of [said, ...logged]) {
      expect(text).not.toContain('a word of my own')
      expect(text).not.toContain(key)
    }
  })
})
