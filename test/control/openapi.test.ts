/** The description of the control server says what the server does: the same routes, and answers of the shapes that it names. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type AppDeps, createApp } from '../../src/control/app.ts'
import type { StatusSnapshot } from '../../src/control/contract.ts'
import { digestOf } from '../../src/control/control-key.ts'
import { OPENAPI } from '../../src/control/openapi.ts'
import { engineSnapshot } from '../../src/runtime/snapshot.ts'
import { aMarket, at, someSettings } from '../support/builders.ts'
import { createHarness } from '../support/harness.ts'

type Fate = 'taken' | 'silent' | 'failed'
type Responses = Record<string, { content: { 'application/json': { schema: object } } }>
type Operation = { responses: Responses; security?: unknown }

const PATHS = OPENAPI.paths as unknown as Record<string, Record<string, Operation>>
const ROUTES = Object.entries(PATHS).flatMap(([url, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ url, method, operation })),
)

/** A bot with one window on the table, so that the description of a window is held too. */
function report(notReady: string[]): { snapshot: StatusSnapshot; at: number } {
  const bot = createHarness(someSettings())
  const market = aMarket()
  bot.clock(at(600))
  bot.list(market, at(600))
  bot.runTo(at(898))
  bot.books(market, at(898), 9_500, null)
  const snapshot: StatusSnapshot = {
    mode: 'dry',
    venue: 'local',
    strategy: 'last-second',
    startedAt: '2026-11-20T17:00:00.000Z',
    ready: notReady.length === 0,
    notReady,
    totals: { settled: 0, fired: 0, filled: 0, wins: 0, pnl: '0' },
    engine: engineSnapshot(bot.engine.view(), at(898)),
  }
  expect(snapshot.engine.windows).toHaveLength(1)
  return { snapshot, at: 1_000 }
}

const CHANGES = {
  taken: { kind: 'taken', changed: [{ key: 'params.maxAsk', from: '0.99', to: '0.95' }] },
  silent: { kind: 'silent' },
  failed: { kind: 'failed' },
} as const
const BODIES = ['{"params.maxAsk": 0.95}', '[]', 'x'.repeat(20_000)]

function app(fate: Fate, last: ReturnType<AppDeps['report']>) {
  return createApp({
    host: '127.0.0.1',
    keyDigest: digestOf('key'),
    nowMs: () => 2_000,
    report: () => last,
    operate: () => Promise.resolve(fate),
    change: () => Promise.resolve(CHANGES[fate]),
  })
}

/** Every situation that a caller can meet. */
async function answers(method: string, url: string) {
  const seen: { status: number; body: unknown }[] = []
  for (const fate of ['taken', 'silent', 'failed'] as const) {
    for (const last of [null, report([]), report(['no books'])]) {
      for (const headers of [
        { host: 'localhost', 'x-api-key': 'key' },
        { host: 'localhost', 'x-api-key': 'wrong' },
        { host: 'evil.example', 'x-api-key': 'key' },
      ]) {
        const served = app(fate, last)
        const times = headers['x-api-key'] === 'key' ? 24 : 1
        for (let n = 0; n < times; n += 1) {
          const answer = await served.inject({
            method: method.toUpperCase() as 'GET',
            url,
            headers,
            ...(method === 'patch' ? { payload: BODIES[n] ?? BODIES[0] ?? '' } : {}),
          })
          seen.push({ status: answer.statusCode, body: answer.json() })
        }
        await served.close()
      }
    }
  }
  return seen
}

test('it names every route there is, and no other', async () => {
  const served = app('taken', null)
  await served.ready()
  for (const { method, url } of ROUTES)
    expect(served.hasRoute({ method: method.toUpperCase() as 'GET', url })).toBe(true)
  const tree = served.printRoutes({ commonPrefix: false })
  const urls = [...tree.matchAll(/(\/\S*) \(/g)].map((match) => match[1])
  expect(urls.sort()).toEqual(Object.keys(PATHS).sort())
  const methods = [...tree.matchAll(/\(([A-Z, ]+)\)/g)].flatMap((match) =>
    (match[1] ?? '').split(', ').filter((method) => method !== 'HEAD'),
  )
  expect(methods.sort()).toEqual(ROUTES.map(({ method }) => method.toUpperCase()).sort())
  await served.close()
})

describe('every answer is one that it names, of the shape that it names, and all of them happen', () => {
  test.each(ROUTES)('$method $url', async ({ method, url, operation }) => {
    const seen = await answers(method, url)
    expect([...new Set(seen.map(({ status }) => String(status)))].sort()).toEqual(
      Object.keys(operation.responses).sort(),
    )
    for (const { status, body } of seen) {
      const schema = operation.responses[String(status)]?.content['application/json'].schema
      const checked = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
      expect(checked.safeParse(body).error).toBeUndefined()
    }
    expect(operation.security !== undefined).toBe(seen.some(({ status }) => status === 401))
  })

  test('a shape that is not the one is seen', () => {
    const schema = PATHS['/health']?.['get']?.responses['200']?.content['application/json'].schema
    const checked = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
    expect(checked.safeParse({ status: 'ok' }).success).toBe(false)
    expect(checked.safeParse({ status: 'ok', uptimeSec: 1, more: 1 }).success).toBe(false)
  })
})

test('it is served as it is', async () => {
  const served = app('taken', null)
  const answer = await served.inject({ method: 'GET', url: '/openapi.json' })
  expect(answer.json()).toEqual(JSON.parse(JSON.stringify(OPENAPI)))
  await served.close()
})
