/** The control server over HTTP, in its own thread, as a program or a browser meets it. */

import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { askStatus, changeBot, findBot, tellBot } from '../../src/control/client.ts'
import type { RunFile, StatusSnapshot } from '../../src/control/contract.ts'
import { findControlKey } from '../../src/control/control-key.ts'
import { isOurHost } from '../../src/control/guard.ts'
import { type Control, type ControlOptions, startControl } from '../../src/control/server.ts'
import type { OperatorAction } from '../../src/domain/account.ts'
import type { Log } from '../../src/domain/ports.ts'
import { UserError } from '../../src/domain/user-error.ts'
import { createRiskAccount } from '../../src/risk/account.ts'
import { accountSnapshot } from '../../src/runtime/snapshot.ts'

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

const SNAPSHOT: StatusSnapshot = {
  mode: 'dry',
  venue: 'local',
  strategy: 'last-second',
  startedAt: '2026-11-20T17:00:00.000Z',
  ready: true,
  notReady: [],
  totals: { settled: 1, fired: 1, filled: 1, wins: 1, pnl: '0.18656' },
  engine: {
    cash: '10000',
    paused: false,
    halted: true,
    haltReason: null,
    stakes: null,
    account: accountSnapshot(createRiskAccount().view()),
    stopping: false,
    clock: { offsetMs: 1.5, errorMs: 4 },
    roundTrip: null,
    changed: [],
    windows: [],
  },
}

type Answer = { readonly status: number; readonly body: unknown }

/** Written by hand, because a fetch would not send a foreign Host. */
function call(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

let control: Control | null = null
afterEach(async () => {
  await control?.close()
  control = null
})

async function start(
  operate: (action: OperatorAction) => Promise<void>,
  apiKey: string | null = null,
  folder = mkdtempSync(join(tmpdir(), 'control-')),
  // This process may be put aside for seconds.
  answerMs = 60_000,
  change: ControlOptions['change'] = () => Promise.resolve([]),
) {
  const runFile = join(folder, 'run.json')
  control = await startControl({
    host: '127.0.0.1',
    port: 0,
    explicitPort: true,
    runFile,
    log: silent,
    apiKey,
    answerMs,
    operate,
    change,
  })
  const { key } = JSON.parse(readFileSync(runFile, 'utf8')) as RunFile
  return { port: control.port, folder, runFile, key: findControlKey(key, apiKey, folder) }
}

const nobody = () => Promise.resolve()

describe('settings', () => {
  const CHANGES = [{ key: 'params.maxAsk', from: '0.99', to: '0.95' }]
  const patch = (port: number, key: string, body: string, headers: Record<string, string> = {}) =>
    call(port, 'PATCH', '/parameters', { 'x-api-key': key, ...headers }, body)

  function listening(change: ControlOptions['change']) {
    const asked: unknown[] = []
    const started = start(nobody, null, undefined, undefined, (values, by) => {
      asked.push([Object.fromEntries(values), by])
      return change(values, by)
    })
    return started.then((one) => ({ ...one, asked }))
  }

  test('are handed to the bot as text, whatever type of body is named', async () => {
    const { port, key, asked } = await listening(() => Promise.resolve(CHANGES))
    const body = '{"params.maxAsk": 0.95, "sizing.rule": "kelly", "gates.rule": "on"}'
    for (const headers of [
      {},
      { 'content-type': 'application/json' },
      { 'content-type': 'text/x' },
    ])
      expect(await patch(port, key, body, headers as Record<string, string>)).toEqual({
        status: 200,
        body: { ok: true, changed: CHANGES, note: expect.stringMatching(/until this bot ends/) },
      })
    const values = { 'params.maxAsk': '0.95', 'sizing.rule': 'kelly', 'gates.rule': 'on' }
    expect(asked).toEqual(Array(3).fill([values, 'the control API, from 127.0.0.1']))
  })

  test.each([
    ['', /must be a JSON object/],
    ['no json', /must be a JSON object/],
    ['null', /must be a JSON object/],
    ['[1]', /must be a JSON object/],
    ['{}', /must be a JSON object/],
    ['{"params": {"maxAsk": 1}}', /^params must be a text, a number, true or false$/],
    ['{"params.maxAsk": null}', /^params\.maxAsk must be a text/],
  ])('a body of %j is refused before the bot hears of it', async (body, error) => {
    const { port, key, asked } = await listening(() => Promise.resolve(CHANGES))
    expect(await patch(port, key, body)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(error) },
    })
    expect(asked).toEqual([])
  })

  test('what the bot refuses is told in its words; what fails is not', async () => {
    const errors = [new UserError('config', 'params.maxAsk must be less'), new Error('a secret')]
    const { port, key } = await listening(() => Promise.reject(errors.shift()))
    expect(await patch(port, key, '{"a": 1}')).toEqual({
      status: 400,
      body: { error: 'params.maxAsk must be less' },
    })
    const { status, body } = await patch(port, key, '{"a": 1}')
    expect([status, JSON.stringify(body)]).toEqual([503, expect.not.stringMatching(/secret/)])
  })

  test('without the key the body is not read; one that is too long is refused', async () => {
    const { port, key, asked } = await listening(() => Promise.resolve(CHANGES))
    expect((await patch(port, 'wrong', '{"a": 1}')).status).toBe(401)
    expect((await patch(port, key, `{"a": "${'x'.repeat(17_000)}"}`)).status).toBe(413)
    expect(asked).toEqual([])
  })

  test('a bot that says nothing is told of', async () => {
    const { port, key } = await start(
      nobody,
      null,
      undefined,
      20,
      () => new Promise(() => undefined),
    )
    expect((await patch(port, key, '{"a": 1}')).status).toBe(503)
  })

  test('the client has the changes, or the sentence', async () => {
    const { runFile, key } = await listening((values) =>
      values.has('a') ? Promise.resolve(CHANGES) : Promise.reject(new UserError('config', 'no b')),
    )
    const bot = findBot(runFile)
    expect((await changeBot(bot, key, { a: '1' })).changed).toEqual(CHANGES)
    await expect(changeBot(bot, key, { b: '1' })).rejects.toThrow(/changed nothing: no b$/)
  })
})

describe("a person's word", () => {
  test.each([
    ['/pause', 'pause'],
    ['/resume', 'resume'],
    ['/stop', 'stop'],
    ['/emergency-stop', 'kill'],
  ])('POST %s is answered when the bot has taken it, not before', async (path, action) => {
    const said: OperatorAction[] = []
    let take: () => void = () => undefined
    const taken = new Promise<void>((resolve) => {
      take = resolve
    })
    const { port, key } = await start((one) => {
      said.push(one)
      return taken
    })
    let answered = false
    const answer = call(port, 'POST', path, { 'x-api-key': key }).then((one) => {
      answered = true
      return one
    })
    while (said.length === 0) await call(port, 'GET', '/health')
    await call(port, 'GET', '/health')
    expect(answered).toBe(false)
    take()
    expect(await answer).toEqual({ status: 200, body: { ok: true, action } })
    expect(said).toEqual([action])
  })

  test.each([
    ['none', {}],
    ['an empty one', { 'x-api-key': '' }],
    ['a wrong one', { 'x-api-key': 'f'.repeat(64) }],
    ['one in the wrong place', { authorization: 'KEY' }],
    ['the beginning of the right one', { 'x-api-key': 'KEY-63' }],
    ['the right one and more', { 'x-api-key': 'KEY0' }],
  ] as const)(
    'a key that is %s is refused in a sentence, and the bot hears nothing',
    async (_, headers) => {
      const said: OperatorAction[] = []
      const { port, key } = await start((one) => {
        said.push(one)
        return Promise.resolve()
      })
      const real = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          value.replace('KEY-63', key.slice(0, -1)).replace('KEY', key),
        ]),
      )
      for (const path of ['/pause', '/resume', '/stop', '/emergency-stop']) {
        expect(await call(port, 'POST', path, real)).toEqual({
          status: 401,
          body: {
            error: expect.stringMatching(/^this needs the bot's key in the header X-API-KEY/),
          },
        })
      }
      expect(said).toEqual([])
      expect((await call(port, 'POST', '/pause', { 'X-Api-Key': key })).status).toBe(200)
    },
  )

  test.each([
    ['application/json', '{"not json'],
    ['text/plain', 'please do not'],
    ['no such/type at; all', 'x'],
    ['application/octet-stream', 'x'.repeat(2_000_000)],
  ])('a body of %s is ignored', async (type, body) => {
    const { port, key } = await start(nobody)
    const headers = { 'x-api-key': key, 'content-type': type }
    expect((await call(port, 'POST', '/pause', headers, body)).status).toBe(200)
    expect((await call(port, 'GET', '/health')).status).toBe(200)
  })

  test('a bot that does not answer is a 503 within its time, and reading goes on meanwhile', async () => {
    const { port, key } = await start(() => new Promise(() => undefined), null, undefined, 500)
    const word = call(port, 'POST', '/emergency-stop', { 'x-api-key': key })
    control?.publish(SNAPSHOT)
    expect((await call(port, 'GET', '/health')).status).toBe(200)
    expect(await word).toEqual({
      status: 503,
      body: { error: expect.stringMatching(/did not answer in time; it may still take "kill"/) },
    })
  })

  test('a bot that cannot take it is a 503, and the reason stays in its log', async () => {
    const { port, key } = await start(() => Promise.reject(new Error('a secret of the inside')))
    const { status, body } = await call(port, 'POST', '/pause', { 'x-api-key': key })
    expect(status).toBe(503)
    expect(JSON.stringify(body)).toMatch(/could not take/)
    expect(JSON.stringify(body)).not.toMatch(/secret/)
  })

  test('a flood reaches the bot as a trickle, and does not keep a kill out', async () => {
    const said: OperatorAction[] = []
    const { port, key } = await start((one) => {
      said.push(one)
      return Promise.resolve()
    })
    const flood = await Promise.all(
      Array.from({ length: 300 }, () => call(port, 'POST', '/pause', { 'x-api-key': key })),
    )
    const refused = flood.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.body).toEqual({ error: expect.stringMatching(/sent too often/) })
    expect(said.length).toBe(flood.length - refused.length)
    expect((await call(port, 'POST', '/emergency-stop', { 'x-api-key': key })).status).toBe(200)
    expect(said.at(-1)).toBe('kill')
  })
})

describe('the key', () => {
  test('without a secret it is random, only for its owner to read, and kept over restarts', async () => {
    const first = await start(nobody)
    const file = join(first.folder, 'control.key')
    expect(readFileSync(file, 'utf8').trim()).toMatch(/^[0-9a-f]{64}$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await control?.close()
    const second = await start(nobody, null, first.folder)
    expect(second.key).toBe(first.key)
    expect(readFileSync(second.runFile, 'utf8')).not.toContain(second.key)
    await control?.close()
    expect((await start(nobody)).key).not.toBe(first.key)
  })

  test.each([
    ['empty', '', 0o600],
    ['of another kind', 'hunter2', 0o600],
    ['open to others', 'a'.repeat(64), 0o644],
  ])('a key file that is %s is made anew', async (_, text, mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'))
    const file = join(folder, 'control.key')
    writeFileSync(file, text)
    chmodSync(file, mode)
    const { port, key } = await start(nobody, null, folder)
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(key).not.toBe(text)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await call(port, 'POST', '/pause', { 'x-api-key': text })).status).toBe(401)
  })

  test('with DASHBOARD_API_KEY that is the key, and no file is made', async () => {
    const { port, folder } = await start(nobody, 'a word of my own')
    expect(existsSync(join(folder, 'control.key'))).toBe(false)
    const word = (key: string) => call(port, 'POST', '/pause', { 'x-api-key': key })
    expect([(await word('a word of my own')).status, (await word('another')).status]).toEqual([
      200, 401,
    ])
    expect(() => findControlKey('DASHBOARD_API_KEY', null, folder)).toThrow(/set the same one here/)
    await expect(start(nobody, 'schlüssel')).rejects.toThrow(/plain ASCII/)
  })
})

describe('the Host header', () => {
  test.each([
    ['localhost', 200],
    ['LOCALHOST:8002', 200],
    ['127.0.0.1:1', 200],
    ['127.9.9.9', 200],
    ['[::1]:8002', 200],
    ['evil.example', 403],
    ['evil.example:8002', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
    ['192.168.1.7:8002', 403],
    ['localhost:8002@evil.example', 403],
  ])('%j is answered with %i, also with the right key', async (host, status) => {
    const said: OperatorAction[] = []
    const { port, key } = await start((one) => {
      said.push(one)
      return Promise.resolve()
    })
    for (const [method, path] of [
      ['GET', '/health'],
      ['GET', '/openapi.json'],
      ['POST', '/resume'],
    ] as const) {
      const answer = await call(port, method, path, { host, 'x-api-key': key })
      expect(answer.status).toBe(status)
      if (status === 403) expect(answer.body).toEqual({ error: expect.stringMatching(/Host/) })
    }
    expect(said).toEqual(status === 200 ? ['resume'] : [])
  })
})

test('a server that listens everywhere is called by its address or as it is configured', () => {
  expect(isOurHost('192.168.1.7:8002', '0.0.0.0', '192.168.1.7')).toBe(true)
  expect(isOurHost('192.168.1.7:8002', '0.0.0.0', '::ffff:192.168.1.7')).toBe(true)
  expect(isOurHost('[fe80::1]:8002', '::', 'fe80::1')).toBe(true)
  expect(isOurHost('Bot.lan:8002', 'bot.lan', '192.168.1.7')).toBe(true)
  expect(isOurHost('other.lan:8002', 'bot.lan', '192.168.1.7')).toBe(false)
  expect(isOurHost('192.168.1.8', '0.0.0.0', '192.168.1.7')).toBe(false)
  expect(isOurHost('', '0.0.0.0', '192.168.1.7')).toBe(false)
  expect(isOurHost(undefined, '127.0.0.1', undefined)).toBe(false)
})

describe('a caller through the run file', () => {
  test('asks, tells, and hears why not', async () => {
    const said: OperatorAction[] = []
    const { runFile, key } = await start((one) => {
      said.push(one)
      return Promise.resolve()
    })
    await expect(askStatus(runFile)).rejects.toThrow(/has not reported yet/)
    control?.publish(SNAPSHOT)
    expect(await askStatus(runFile)).toMatchObject(SNAPSHOT)
    const bot = findBot(runFile)
    for (const action of ['pause', 'resume', 'stop', 'kill'] as const)
      await tellBot(bot, key, action)
    expect(said).toEqual(['pause', 'resume', 'stop', 'kill'])
    await expect(tellBot(bot, 'wrong', 'pause')).rejects.toMatchObject({ kind: 'config' })
  })

  test('a run file left by a dead process is nobody, though somebody answers on its port', async () => {
    const { runFile } = await start(nobody)
    const bot = findBot(runFile)
    writeFileSync(runFile, JSON.stringify({ ...bot, pid: 999_999_999 }))
    expect(() => findBot(runFile)).toThrow(/was left by process 999999999/)
    writeFileSync(runFile, JSON.stringify(bot))
  })
})
