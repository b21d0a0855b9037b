/** Whatever anybody sends, the venue goes on; and what broke inside it is said, not hidden. */
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createConnection } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBugs } from '../../src/local-venue/bugs.ts'
import { startPacer } from '../../src/local-venue/pacer.ts'
import { profileOf } from '../../src/local-venue/profile.ts'
import { shortSchedule } from '../../src/local-venue/schedule.ts'
import type { RunningVenue } from '../../src/local-venue/venue.ts'
import { createWorld } from '../../src/local-venue/world.ts'
import { aVenue, get, json } from './support.ts'

let venue: RunningVenue
beforeAll(async () => {
  venue = await aVenue()
})

async function raw(url: string, target: string, headers: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = createConnection(Number(port), hostname)
  let text = ''
  socket.on('data', (data) => {
    text += String(data)
  })
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)
  await once(socket, 'close')
  return text
}

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

describe.each(['marketWs', 'rtds', 'polybolt', 'binanceWs', 'coinbaseWs'] as const)(
  '%s',
  (name) => {
    test.each(['http://', '*', 'http://%'])('an upgrade to "%s" is refused', async (target) => {
      expect(await raw(venue.endpoints[name], target, UPGRADE)).toMatch(/^HTTP\/1\.1 40[04] /)
    })
    test('an upgrade to "//" ends nothing', async () => {
      const { hostname, port } = new URL(venue.endpoints[name])
      const socket = createConnection(Number(port), hostname)
      socket.write(`GET // HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n`)
      const [first] = (await once(socket, 'data')) as [Buffer]
      socket.destroy()
      expect(String(first)).toMatch(/^HTTP\/1\.1 (101|404) /)
      expect((await get(`${venue.endpoints.clob}/ok`)).status).toBe(200)
    })
  },
)

describe.each([
  'gamma',
  'clob',
  'data',
  'binanceRest',
  'coinbaseRest',
  'site',
  'chain',
  'control',
] as const)('%s', (name) => {
  test.each(['//', '//x/y', '*', 'http://%'])('"%s" is not found', async (target) => {
    const said = await raw(venue.endpoints[name], target, 'User-Agent: x\r\nConnection: close\r\n')
    expect(said).toMatch(/^HTTP\/1\.1 40[045] /)
  })
})

test('a body that is too long is refused, and the connection can be used again', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path: string, method: string, body: string) =>
    new Promise<number>((resolve, reject) => {
      const asking = request(`${venue.endpoints.clob}${path}`, { agent, method }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      asking.on('error', reject)
      asking.end(body)
    })
  expect(await ask('/books', 'POST', 'x'.repeat(5_000_000))).toBe(413)
  expect(await ask('/time', 'GET', '')).toBe(200)
  agent.destroy()
})

test('what breaks is said and kept', async () => {
  const said: string[] = []
  const bugs = createBugs((text) => said.push(text))
  bugs.attempt(() => undefined)
  bugs.attempt(() => {
    throw new Error('no such thing')
  })
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^A bug of the embedded venue.*no such thing/)
  expect(bugs.list()[0]).toMatch(/no such thing/)
  expect(await json(`${venue.endpoints.control}/state`)).toMatchObject({ bugs: [] })
})

test('what breaks at its time on the agenda, or later, leaves the rest of the day as it was', async () => {
  const said: string[] = []
  const bugs = createBugs((text) => said.push(text))
  const world = createWorld({
    seed: 1,
    bugs,
    profile: profileOf('demo'),
    schedule: shortSchedule(90, 100),
    anchorSec: 0,
    ratePerSec: 1,
    listedAhead: 1,
    holdsResolution: () => false,
  })
  const done: string[] = []
  const breaks = (name: string) => () => {
    throw new Error(name)
  }
  world.schedule(10, breaks('first'))
  world.schedule(10, () => done.push('second'))
  world.schedule(20, () => done.push('third'))
  world.advanceTo(15)
  world.advanceTo(25)
  expect(done).toEqual(['second', 'third'])
  const pacer = startPacer(world, () => 30, bugs)
  pacer.later(0, breaks('later'))
  await new Promise<void>((resolve) => pacer.later(1, resolve))
  pacer.stop()
  expect(said.map((text) => /Error: (\w+)/.exec(text)?.[1])).toEqual(['first', 'later'])
})
