/** A peer that does anything: whatever it does, a shot is heard at most once, told exactly once, and answered only by its own answer. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nowMicros } from '../../src/net/clock.ts'
import { openOrderWire, type WireAnswer } from '../../src/net/order-wire.ts'
import { type Peer, startRawServer } from './raw-server.ts'

const DEEDS = [
  'answer',
  'answer',
  'in pieces',
  'answer and close',
  'twice',
  'reset',
  'end',
  'half',
  'garbage',
  'too late',
] as const
type Deed = (typeof DEEDS)[number]

function act(deed: Deed, { socket }: Peer, id: string, late: (() => void)[]): void {
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${id.length}\r\n\r\n${id}`
  const bytes = [...answer]
  function drip(): void {
    const byte = bytes.splice(0, 7).join('')
    if (byte !== '') socket.write(byte, () => setImmediate(drip))
  }
  const deeds: Record<Deed, () => void> = {
    answer: () => socket.write(answer),
    'in pieces': drip,
    'answer and close': () => socket.end(answer),
    twice: () => socket.write(`${answer}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong`),
    reset: () => socket.resetAndDestroy(),
    end: () => socket.end(),
    half: () => socket.end(answer.slice(0, -1)),
    garbage: () => socket.write(`${id}\r\n\r\n`),
    'too late': () => late.push(() => socket.write(answer)),
  }
  deeds[deed]()
}

type Tally = { answered: number; lost: number; unsent: number }

async function play(volleys: readonly (readonly Deed[])[], tally: Tally): Promise<void> {
  const heard: string[] = []
  const late: (() => void)[] = []
  const server = await startRawServer({
    onPiece(peer, piece) {
      for (const [, id, deed] of piece.matchAll(/shot (\d+) of (\d+);/g)) {
        heard.push(id ?? '')
        act(DEEDS[Number(deed)] ?? 'answer', peer, id ?? '', late)
      }
    },
  })
  const told = new Map<string, WireAnswer[]>()
  const wire = openOrderWire({
    url: server.url,
    keepAlivePath: '/ok',
    // Many of them, and never answered: they only get in the way.
    keepAliveMs: 3,
    timeoutMs: 15,
    connections: 3,
    now: nowMicros,
    userAgent: 'lastsecond/test',
    tell: () => undefined,
  })
  let id = 0
  for (const volley of volleys) {
    // A volley may come at any moment, also while nothing is open.
    await new Promise(setImmediate)
    await Promise.all(
      volley.map((deed) => {
        id += 1
        const name = String(id)
        const answers: WireAnswer[] = []
        told.set(name, answers)
        const request = Buffer.from(`shot ${name} of ${DEEDS.indexOf(deed)};`)
        return new Promise<void>((resolve) =>
          wire.send(request, (answer) => {
            answers.push(answer)
            for (const speak of late.splice(0)) speak()
            resolve()
          }),
        )
      }),
    )
  }
  await wire.close()
  await server.close()

  expect(new Set(heard).size).toBe(heard.length)
  for (const [name, answers] of told) {
    expect(answers.length).toBe(1)
    const [answer] = answers
    if (answer?.kind === 'answer') {
      expect(answer.body).toBe(name)
      expect(heard).toContain(name)
      tally.answered += 1
    } else if (answer?.unsent) tally.unsent += 1
    else tally.lost += 1
    if (answer?.kind === 'lost' && answer.unsent) expect(heard).not.toContain(name)
  }
}

test('a shot is heard at most once and told exactly once', async () => {
  const tally = { answered: 0, lost: 0, unsent: 0 }
  const volley = fc.array(fc.constantFrom(...DEEDS), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(volley, { minLength: 1, maxLength: 12 }), async (volleys) => {
      await play(volleys, tally)
    }),
    { numRuns: 25 },
  )
  // All three happened, so all three were tried.
  expect(Math.min(tally.answered, tally.lost, tally.unsent)).toBeGreaterThan(0)
})
