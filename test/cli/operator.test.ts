/** pause, resume, stop and kill as a person types them, on a bot that runs and on none. Runs what was built. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const folder = () => mkdtempSync(join(tmpdir(), 'operator-'))
const running = new Set<ChildProcess>()

type Program = {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  readonly code: Promise<number | null>
}

function program(args: readonly string[], cwd: string, env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', CONTROL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const code = new Promise<number | null>((resolve) =>
    child.once('close', (status) => {
      running.delete(child)
      resolve(status)
    }),
  )
  return { child, said, code }
}

async function cli(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const { said, code } = program(args, cwd, env)
  return { code: await code, ...said }
}

type Engine = { paused: boolean; halted: boolean; stopping: boolean }

async function engineOf(cwd: string): Promise<Engine | null> {
  const { code, out } = await cli(['status', '--json'], cwd)
  return code === 0 ? (JSON.parse(out) as { engine: Engine }).engine : null
}

const within = { timeout: 20_000, interval: 100 }

/** Reports come four times a second, so that a word shows a moment after it was taken. */
async function shows(cwd: string, wanted: Partial<Engine>): Promise<void> {
  await vi.waitFor(async () => expect(await engineOf(cwd)).toMatchObject(wanted), within)
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

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
  }, 90_000)

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
    expect((await cli(['status'], cwd)).out).toMatch(/^HALTED: .*lastsecond resume/m)
    const resumed = await cli(['resume', '--json'], cwd)
    expect(JSON.parse(resumed.out)).toEqual({ ok: true, action: 'resume', running: true })
    await shows(cwd, { halted: false })
    expect((await cli(['pause'], cwd)).out).toMatch(/^paused: /)
    await shows(cwd, { paused: true, halted: false })
    expect((await cli(['status'], cwd)).out).toMatch(/^PAUSED: /m)
    expect((await cli(['kill'], cwd)).out).toMatch(/^killed: /)
    await shows(cwd, { paused: true, halted: true })
    const foreign = await cli(['pause'], cwd, { DASHBOARD_API_KEY: 'not the key of this bot' })
    expect([foreign.code, foreign.err]).toEqual([0, ''])
    expect((await cli(['stop'], cwd)).out).toMatch(/^stopping: /)
    expect(await bot.code).toBe(0)
    expect((await cli(['status'], cwd)).code).toBe(3)
    expect((await cli(['kill', '--bogus'], cwd)).code).toBe(2)
    const again = program(['run', '--json'], cwd, { DASHBOARD_API_KEY: 'a word of my own' })
    await shows(cwd, { paused: true, halted: true, stopping: false })
    expect(again.said.err).toMatch(/TRADING IS HALTED/)
    const keyless = await cli(['resume'], cwd)
    expect([keyless.code, keyless.out]).toEqual([4, ''])
    expect(keyless.err).toMatch(/DASHBOARD_API_KEY; set the same one here/)
    const wrong = await cli(['resume'], cwd, { DASHBOARD_API_KEY: 'another' })
    expect(wrong.code).toBe(4)
    expect(wrong.err).toMatch(/needs the bot's key/)
    await shows(cwd, { halted: true })
    const right = await cli(['resume'], cwd, { DASHBOARD_API_KEY: 'a word of my own' })
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
  }, 120_000)

  test('stop waits for the windows that were fired in, and takes no other', async () => {
    const cwd = folder()
    const seeded = ['--seed', '11', '--epoch', '1795230000000', '--first-close', '40']
    const { code, said } = program(['run', ...seeded], cwd)
    await vi.waitUntil(() => said.out.includes('FIRED'), { timeout: 70_000, interval: 20 })
    expect((await cli(['stop'], cwd)).code).toBe(0)
    await shows(cwd, { stopping: true })
    const found = said.out.split('found').length
    expect(await code).toBe(0)
    const slugs = (word: string) =>
      [...said.out.matchAll(new RegExp(`${word} +(\\S+):`, 'g'))].map((match) => match[1]).sort()
    expect(slugs('FIRED').length).toBeGreaterThan(0)
    expect(slugs('settled')).toEqual(expect.arrayContaining(slugs('FIRED')))
    expect(said.out.split('found').length).toBe(found)
  }, 120_000)

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
  }, 60_000)
})
