import { Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nowMicros } from '../../src/net/clock.ts'
import {
  type OrderWire,
  type OrderWireOptions,
  openOrderWire,
  type WireAnswer,
} from '../../src/net/order-wire.ts'
import { untilHolds } from '../support/until.ts'
import { fixture, OK, type RawServer, type RawServerOptions, startRawServer } from './raw-server.ts'

const ORDER = Buffer.from('POST /order HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')
/** Long enough never to come in a test. */
const NEVER_MS = 3_600_000

const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const end of ends.splice(0).reverse()) await end()
})

async function serve(options: RawServerOptions = {}): Promise<RawServer> {
  const server = await startRawServer(options)
  ends.push(() => server.close())
  return server
}

type Told = { what: 'open' | 'lost'; detail: string }

function wireTo(url: string, changed: Partial<OrderWireOptions> = {}) {
  const told: Told[] = []
  let waiting: (() => void)[] = []
  const wire = openOrderWire({
    url,
    keepAlivePath: '/ok',
    keepAliveMs: NEVER_MS,
    timeoutMs: NEVER_MS,
    connections: 2,
    now: nowMicros,
    userAgent: 'lastsecond/test',
    tell(what, detail) {
      told.push({ what, detail })
      for (const wake of waiting.splice(0)) wake()
    },
    ...changed,
  })
  ends.push(() => wire.close())
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve))
    waiting = []
  }
  const opened = () => told.filter(({ what }) => what === 'open').length
  const lost = () => told.filter(({ what }) => what === 'lost').map(({ detail }) => detail)
  return {
    wire,
    told,
    until,
    opened,
    lost,
    allOpen: () => until(() => opened() >= (changed.connections ?? 2)),
  }
}

/** Collects every call, so that a second answer to one request is seen. */
function shoot(wire: OrderWire, request = ORDER) {
  const answers: WireAnswer[] = []
  const answer = new Promise<WireAnswer>((resolve) => {
    wire.send(request, (given) => {
      answers.push(given)
      resolve(given)
    })
  })
  return { answer, answers }
}

function answered(answer: WireAnswer) {
  if (answer.kind !== 'answer') throw new Error(`expected an answer, got: ${answer.reason}`)
  return answer
}

function lostBy(answer: WireAnswer) {
  if (answer.kind !== 'lost') throw new Error(`expected it lost, got HTTP ${answer.status}`)
  return answer
}

describe.each([{ tls: false }, { tls: true }])('a shot (TLS: $tls)', ({ tls }) => {
  const ca = tls ? { ca: fixture('localhost-cert.pem') } : {}

  test('is one write, in this turn, and one answer', async () => {
    const server = await serve({ tls, onPiece: ({ socket }) => socket.write(OK) })
    const { wire, allOpen } = wireTo(server.url, ca)
    await allOpen()
    expect(wire.ready()).toBe(true)
    const write = vi.spyOn(Socket.prototype, 'write')
    const before = nowMicros()
    const { answer, answers } = shoot(wire)
    // Synchronously: nothing was awaited since the call.
    const ours = () => write.mock.calls.filter(([bytes]) => (bytes as unknown) === ORDER)
    expect(write.mock.calls.length).toBe(1)
    expect(ours().length).toBe(1)
    expect(answers).toEqual([])
    const got = answered(await answer)
    expect(got).toMatchObject({ status: 200, body: 'ok', headers: { 'content-length': '2' } })
    expect(got.wroteAt).toBeGreaterThanOrEqual(before)
    expect(got.firstByteAt).toBeGreaterThanOrEqual(got.wroteAt)
    expect(got.doneAt).toBeGreaterThanOrEqual(got.firstByteAt)
    expect(ours().length).toBe(1)
    expect(server.heard).toEqual([ORDER.toString()])
    expect(server.peers.length).toBe(2)
  })

  test('follows another on the same connections', async () => {
    const server = await serve({ tls, onPiece: ({ socket }) => socket.write(OK) })
    const { wire, allOpen } = wireTo(server.url, ca)
    await allOpen()
    for (let shot = 0; shot < 10; shot += 1) answered(await shoot(wire).answer)
    expect(server.heard.length).toBe(10)
    expect(server.peers.length).toBe(2)
  })

  test('whose connection is reset is lost, never repeated, and the connection comes back', async () => {
    const server = await serve({ tls, onPiece: ({ socket }) => socket.destroy() })
    const { wire, allOpen, until, opened } = wireTo(server.url, ca)
    await allOpen()
    const { answer, answers } = shoot(wire)
    const got = lostBy(await answer)
    expect(got.unsent).toBe(false)
    expect(got.wroteAt).not.toBeNull()
    await until(() => opened() === 3)
    expect(server.heard).toEqual([ORDER.toString()])
    expect(answers.length).toBe(1)
  })
})

describe('answers', () => {
  test.each([
    ['piece by piece', [...OK], 200, 'ok'],
    [
      'after a 100 and in chunks',
      [
        'HTTP/1.1 100 Continue\r\n\r\n',
        'HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nn',
        'o\r\n0\r\n\r\n',
      ],
      400,
      'no',
    ],
    [
      'in HTML',
      ['HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>'],
      502,
      '<html></html>',
    ],
  ])('%s', async (_how, pieces, status, body) => {
    const server = await serve({
      onPiece({ socket }) {
        function say(index: number): void {
          const piece = pieces[index]
          if (piece !== undefined) socket.write(piece, () => setImmediate(say, index + 1))
        }
        say(0)
      },
    })
    const { wire, allOpen } = wireTo(server.url)
    await allOpen()
    expect(answered(await shoot(wire).answer)).toMatchObject({ status, body })
    expect(wire.ready()).toBe(true)
  })

  test('that end with their connection are whole, and the connection comes back', async () => {
    const server = await serve({
      onPiece: ({ socket }) => socket.end('HTTP/1.1 503 Busy\r\n\r\n<html>'),
    })
    const { wire, allOpen, until, opened } = wireTo(server.url)
    await allOpen()
    expect(answered(await shoot(wire).answer)).toMatchObject({ status: 503, body: '<html>' })
    await until(() => opened() === 3)
    expect(server.heard.length).toBe(1)
  })

  test.each([
    ['half of one', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', true],
    ['garbage', 'what?\r\n\r\n', false],
    ['nothing', '', true],
  ])('%s is a loss', async (_what, text, ending) => {
    const server = await serve({
      onPiece({ socket }) {
        if (text !== '') socket.write(text)
        if (ending) socket.end()
      },
    })
    const { wire, allOpen, until, opened } = wireTo(server.url)
    await allOpen()
    expect(lostBy(await shoot(wire).answer).unsent).toBe(false)
    await until(() => opened() === 3)
    expect(server.heard.length).toBe(1)
  })

  test('that say too much are taken, and their connection is thrown away', async () => {
    const server = await serve({ onPiece: ({ socket }) => socket.write(`${OK}${OK}`) })
    const { wire, allOpen, until, opened, lost } = wireTo(server.url)
    await allOpen()
    const { answer, answers } = shoot(wire)
    answered(await answer)
    await until(() => opened() === 3)
    expect(lost()).toEqual([expect.stringContaining('more than one answer')])
    expect(answers.length).toBe(1)
  })

  test('that come too late are dropped with their connection', async () => {
    const server = await serve()
    const { wire, allOpen, until, opened } = wireTo(server.url, { timeoutMs: 20 })
    await allOpen()
    const { answer, answers } = shoot(wire)
    const got = lostBy(await answer)
    expect(got.unsent).toBe(false)
    expect(got.reason).toBe('no answer within 20 ms')
    const asked = server.peers.find(({ pieces }) => pieces.length > 0)
    asked?.socket.write(OK)
    await server.until(() => asked?.socket.destroyed === true)
    await until(() => opened() === 3)
    expect(answers.length).toBe(1)
    expect(server.heard.length).toBe(1)
  })
})

describe('connections', () => {
  test('carry one request each at a time; a shot without one is told to be unsent', async () => {
    const server = await serve()
    const { wire, allOpen } = wireTo(server.url, { connections: 3 })
    await allOpen()
    const shots = [0, 1, 2].map((n) => shoot(wire, Buffer.from(`shot ${n}`)))
    expect(wire.ready()).toBe(false)
    const fourth = shoot(wire, Buffer.from('shot 3'))
    // Never inside the call.
    expect(fourth.answers).toEqual([])
    expect(lostBy(await fourth.answer)).toMatchObject({ unsent: true, wroteAt: null })
    await server.until(() => server.heard.length === 3)
    expect(server.peers.map(({ pieces }) => pieces.length)).toEqual([1, 1, 1])
    for (const { socket, pieces } of server.peers)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n${pieces[0]}`)
    const bodies = await Promise.all(shots.map(async ({ answer }) => answered(await answer).body))
    expect(bodies).toEqual(['shot 0', 'shot 1', 'shot 2'])
    expect(server.heard.length).toBe(3)
  })

  test('that are not there make a shot unsent; they come once the server does', async () => {
    const first = await startRawServer()
    await first.close()
    const { wire, until, lost, allOpen } = wireTo(first.url)
    expect(wire.ready()).toBe(false)
    expect(lostBy(await shoot(wire).answer).unsent).toBe(true)
    await until(() => lost().length >= 6)
    const server = await serve({ port: first.port, onPiece: ({ socket }) => socket.write(OK) })
    await allOpen()
    expect(server.heard).toEqual([])
    answered(await shoot(wire).answer)
  })

  test('that the server closes while idle come back', async () => {
    const server = await serve({ onPiece: ({ socket }) => socket.write(OK) })
    const { wire, allOpen, until, opened, lost } = wireTo(server.url)
    await allOpen()
    await server.until(() => server.peers.length === 2)
    for (const { socket } of server.peers) socket.end()
    await until(() => opened() === 4)
    expect(lost().every((detail) => detail.includes('idle'))).toBe(true)
    answered(await shoot(wire).answer)
  })

  test('that the server ends with its answer come back', async () => {
    const server = await serve({
      onPiece: ({ socket }) =>
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    })
    const { wire, allOpen, until, opened } = wireTo(server.url)
    await allOpen()
    answered(await shoot(wire).answer)
    await until(() => opened() === 3)
    expect(server.heard.length).toBe(1)
  })

  test('on which the server speaks without being asked are thrown away', async () => {
    const server = await serve({ onPiece: ({ socket }) => socket.write(OK) })
    const { wire, allOpen, until, opened } = wireTo(server.url)
    await allOpen()
    await server.until(() => server.peers.length === 2)
    server.peers[0]?.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
    await until(() => opened() === 3)
    expect(answered(await shoot(wire).answer).status).toBe(200)
  })

  test('closed by us: what is on its way is lost once, and nothing is sent any more', async () => {
    const server = await serve()
    const { wire, allOpen, told } = wireTo(server.url)
    await allOpen()
    const { answer, answers } = shoot(wire)
    await server.until(() => server.heard.length === 1 && server.peers.length === 2)
    await wire.close()
    expect(lostBy(await answer).unsent).toBe(false)
    expect(lostBy(await shoot(wire).answer).unsent).toBe(true)
    await server.until(() => server.peers.every(({ socket }) => socket.destroyed))
    expect(answers.length).toBe(1)
    expect(told.every(({ what }) => what === 'open')).toBe(true)
    expect(server.peers.length).toBe(2)
  })

  test('are made again at once after an answer, and ever more slowly where nobody is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const server = await startRawServer({
      onPiece: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nbye'),
    })
    const { wire, until, opened, lost } = wireTo(server.url, { connections: 1 })
    for (let shot = 1; shot <= 5; shot += 1) {
      await until(() => opened() === shot)
      answered(await shoot(wire).answer)
      vi.advanceTimersByTime(0)
    }
    await until(() => opened() === 6)
    const timer = vi.spyOn(globalThis, 'setTimeout')
    await server.close()
    await until(() => lost().length === 6)
    // The jitter takes up to half of each wait: 50 ms, 100 ms, ... 5 s, and 5 s for ever.
    for (const [attempt, waitMs] of [
      50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ].entries()) {
      const chosenMs = timer.mock.lastCall?.[1] ?? 0
      expect(chosenMs).toBeGreaterThanOrEqual(waitMs / 2)
      expect(chosenMs).toBeLessThanOrEqual(waitMs)
      vi.advanceTimersByTime(chosenMs)
      await until(() => lost().length === 7 + attempt)
    }
  })

  test('do not wait for full packets', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay')
    const server = await serve()
    const secure = await serve({ tls: true })
    await wireTo(server.url).allOpen()
    await wireTo(secure.url, { ca: fixture('localhost-cert.pem') }).allOpen()
    for (const { port } of [server, secure]) {
      const calls = noDelay.mock.calls.filter(
        (_, call) => (noDelay.mock.contexts[call] as Socket | undefined)?.remotePort === port,
      )
      expect(calls).toContainEqual([true])
      expect(calls.length).toBeGreaterThanOrEqual(2)
    }
  })

  test('are made only to what is an origin, and at least one', () => {
    expect(() => wireTo('ws://127.0.0.1:1')).toThrow('http or https')
    expect(() => wireTo('http://127.0.0.1:1', { connections: 0 })).toThrow('at least one')
  })
})

describe('keep-alive requests', () => {
  const GET =
    'GET /ok HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUser-Agent: lastsecond/test\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n'
  const EVERY_MS = 10_000

  /** Sockets live in real time; what waits for a timer waits for the test. */
  async function still(changed: Partial<OrderWireOptions> = {}) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const server = await serve()
    const wired = wireTo(server.url, { keepAliveMs: EVERY_MS, ...changed })
    await wired.allOpen()
    await server.until(() => server.peers.length === (changed.connections ?? 2))
    const get = GET.replace('PORT', String(server.port))
    const asked = () => server.peers.filter(({ pieces }) => pieces.includes(get))
    const answer = () => {
      for (const { socket } of server.peers) socket.write(OK)
    }
    return { ...wired, server, get, asked, answer }
  }

  test('go one at a time, so that a shot always finds a connection', async () => {
    const { wire, server, get, asked } = await still()
    vi.advanceTimersByTime(EVERY_MS)
    await server.until(() => server.heard.length === 1)
    expect(server.heard).toEqual([get])
    vi.advanceTimersByTime(EVERY_MS * 5)
    const [first] = asked()
    const shot = shoot(wire)
    await server.until(() => server.heard.length === 2)
    expect(server.heard[1]).toBe(ORDER.toString())
    expect(first?.pieces).toEqual([get])
    const other = server.peers.find((peer) => peer !== first)
    other?.socket.write(OK)
    answered(await shot.answer)
    expect(server.heard.length).toBe(2)
    first?.socket.write(OK)
    // The shot was sign of life enough for the other: nothing is due until its own time comes.
    await untilHolds(() => expect(vi.getTimerCount()).toBe(2))
    vi.advanceTimersByTime(EVERY_MS)
    await server.until(() => server.heard.length === 3)
    expect(other?.pieces.concat(first?.pieces ?? []).filter((piece) => piece === get).length).toBe(
      2,
    )
  })

  test('reach every connection in its turn', async () => {
    const { server, get, asked } = await still({ connections: 3 })
    const write = vi.spyOn(Socket.prototype, 'write')
    vi.advanceTimersByTime(EVERY_MS)
    expect(write).toHaveBeenCalledTimes(1)
    for (let turn = 1; turn <= 3; turn += 1) {
      await server.until(() => asked().length === turn)
      expect(server.heard).toEqual(Array(turn).fill(get))
      for (const peer of asked()) {
        if (peer.pieces.at(-1) === get) {
          peer.pieces.push('answered')
          peer.socket.write(OK)
        }
      }
    }
    expect(asked().length).toBe(3)
  })

  test('are never sent while quiet, and made up for afterwards', async () => {
    const { wire, server, get } = await still()
    wire.quiet(true)
    vi.advanceTimersByTime(EVERY_MS * 100)
    const shot = shoot(wire)
    await server.until(() => server.heard.length === 1)
    for (const { socket, pieces } of server.peers) if (pieces.length > 0) socket.write(OK)
    answered(await shot.answer)
    vi.advanceTimersByTime(EVERY_MS * 100)
    expect(answeredOnce(shot.answers)).toBe(true)
    expect(server.heard).toEqual([ORDER.toString()])
    wire.quiet(false)
    await server.until(() => server.heard.length === 2)
    expect(server.heard[1]).toBe(get)
  })

  test('are never sent on the only connection', async () => {
    const { wire, server } = await still({ connections: 1 })
    vi.advanceTimersByTime(EVERY_MS * 10)
    expect(wire.ready()).toBe(true)
    shoot(wire)
    await server.until(() => server.heard.length === 1)
    expect(server.heard).toEqual([ORDER.toString()])
  })

  test('find out a connection that is dead', async () => {
    const { wire, server, asked, until, lost, opened } = await still({ timeoutMs: 1_000 })
    vi.advanceTimersByTime(EVERY_MS)
    await server.until(() => asked().length === 1)
    vi.advanceTimersByTime(1_000)
    await until(() => lost().length === 1)
    expect(lost()[0]).toContain('no answer within 1000 ms')
    await server.until(() => asked()[0]?.socket.destroyed === true)
    vi.advanceTimersByTime(1)
    await until(() => opened() === 3)
    expect(wire.ready()).toBe(true)
  })
})

function answeredOnce(answers: readonly WireAnswer[]): boolean {
  return answers.length === 1 && answers[0]?.kind === 'answer'
}

describe.each([{ tls: false }, { tls: true }])('a rehearsal (TLS: $tls)', ({ tls }) => {
  test('is written the same way, but never to the venue', async () => {
    const server = await serve({ tls, onPiece: ({ socket }) => socket.write(OK) })
    const { wire, allOpen, told } = wireTo(
      server.url,
      tls ? { ca: fixture('localhost-cert.pem') } : {},
    )
    await allOpen()
    const rehearsal = Buffer.from('POST /order HTTP/1.1\r\nThis is a rehearsal\r\n\r\n')
    const write = vi.spyOn(Socket.prototype, 'write')
    const rehearsed = () => write.mock.calls.filter(([bytes]) => (bytes as unknown) === rehearsal)
    // The sink comes up in its own time; until then a rehearsal is nothing.
    while (rehearsed().length < 100) {
      wire.rehearse(rehearsal)
      await new Promise(setImmediate)
    }
    const stages = new Set(
      write.mock.contexts.filter(
        (_, call) => (write.mock.calls[call]?.[0] as unknown) === rehearsal,
      ),
    )
    expect(stages.size).toBe(1)
    for (const stage of stages as Set<Socket>) {
      expect(stage.remoteAddress).toBe('127.0.0.1')
      expect(stage.remotePort).not.toBe(server.port)
      expect('encrypted' in stage).toBe(tls)
    }
    expect(wire.ready()).toBe(true)
    answered(await shoot(wire).answer)
    expect(server.heard).toEqual([ORDER.toString()])
    expect(told.every(({ what }) => what === 'open')).toBe(true)
    await wire.close()
    wire.rehearse(rehearsal)
  })
})

describe('TLS', () => {
  test('with a certificate nobody vouches for never opens', async () => {
    const server = await serve({ tls: true })
    const { wire, until, lost, opened } = wireTo(server.url)
    await until(() => lost().length >= 4)
    expect(lost()[0]).toContain('self-signed certificate')
    expect(opened()).toBe(0)
    expect(lostBy(await shoot(wire).answer).unsent).toBe(true)
    expect(server.heard).toEqual([])
  })

  test('resumes its session and names the server', async () => {
    const names: unknown[] = []
    const server = await serve({
      tls: true,
      onPeer: ({ socket }) => names.push((socket as { servername?: unknown }).servername),
      onPiece: ({ socket }) => socket.write(OK),
    })
    const { wire, allOpen, until, told, opened } = wireTo(server.url, {
      ca: fixture('localhost-cert.pem'),
    })
    await allOpen()
    // An answer comes after the ticket, so the ticket is here.
    answered(await shoot(wire).answer)
    await server.until(() => server.peers.length === 2)
    for (const { socket } of server.peers) socket.end()
    await until(() => opened() === 4)
    expect(told.filter(({ detail }) => detail.includes('resumed')).length).toBeGreaterThan(0)
    expect(new Set(names)).toEqual(new Set(['localhost']))
    answered(await shoot(wire).answer)
  })
})
