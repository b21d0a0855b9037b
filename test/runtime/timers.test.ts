/** Real clock for "never early"; a clock that moves by one microsecond at each reading for everything that must come out exactly. */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { EngineEvent, Timer, WakePurpose } from '../../src/domain/events.ts'
import { type ConditionId, conditionId } from '../../src/domain/ids.ts'
import { type Micros, micros } from '../../src/domain/units.ts'
import { nowMicros } from '../../src/net/clock.ts'
import { spin } from '../../src/runtime/spin.ts'
import { createTimers, type Timers } from '../../src/runtime/timers.ts'
import { START } from '../support/builders.ts'

const MS = 1_000
const SECOND = 1_000_000

function windowOf(n: number): ConditionId {
  return conditionId(`0x${n.toString(16).padStart(64, '0')}`)
}

const A = windowOf(10)
const B = windowOf(11)

function asTimer(event: EngineEvent): Timer {
  if (event.kind !== 'timer') throw new Error(`a ${event.kind} event`)
  return event
}

function wake(timers: Timers, id: ConditionId | null, at: number, purpose: WakePurpose): void {
  timers.wake({ kind: 'wake', purpose, conditionId: id, at: micros(at) })
}

/** Node's timers by hand, and a clock that follows them and moves by itself by one microsecond at each reading. */
function byHand() {
  vi.useFakeTimers({ now: 0 })
  let at = START as number
  const now = (): Micros => {
    at = Math.max(at + 1, START + Date.now() * MS)
    return micros(at)
  }
  const events: Timer[] = []
  /** What the bot does at an event, before the event is kept. */
  const on = { event: (_event: Timer): void => undefined }
  const timers = createTimers((event) => {
    on.event(asTimer(event))
    events.push(asTimer(event))
  }, now)
  // Warming read the clock many times; Node's timers catch up with it.
  vi.advanceTimersByTime(Math.ceil((at - START) / MS) - Date.now())
  const start = now()
  return {
    timers,
    events,
    on,
    start,
    now,
    trigger: (id: ConditionId, after: number) => wake(timers, id, start + after, 'trigger'),
    fired: () =>
      events.map((event) => [event.conditionId, event.dueAt - start, event.recvAt - start]),
  }
}

/** Everything that will ever come. */
function runOut(): void {
  vi.runAllTimers()
}

afterEach(() => {
  vi.useRealTimers()
})

describe('on the real clock', () => {
  test('a trigger is never early, comes once, and they come in the order of their instants', async () => {
    const count = 300
    const events: { dueAt: number; recvAt: number; seenAt: number }[] = []
    await new Promise<void>((resolve) => {
      const timers = createTimers((event) => {
        const { dueAt, recvAt } = asTimer(event)
        events.push({ dueAt, recvAt, seenAt: nowMicros() })
        if (events.length === count) resolve()
      }, nowMicros)
      const from = nowMicros()
      // Steps that share no divisor with a millisecond, in no order of their instants.
      for (let n = 0; n < count; n += 1) {
        wake(timers, windowOf(n), from + ((n * 97_531) % 400_000), 'trigger')
      }
    })
    expect(events.filter(({ dueAt, recvAt }) => recvAt < dueAt)).toEqual([])
    expect(events.filter(({ recvAt, seenAt }) => seenAt < recvAt)).toEqual([])
    const due = events.map(({ dueAt }) => dueAt)
    expect(due).toEqual([...due].sort((a, b) => a - b))
    expect(new Set(due).size).toBe(count)
  })

  test.each<WakePurpose>(['listen', 'close', 'clean_up', 'stale'])(
    '%s is never early either',
    async (purpose) => {
      const events = await new Promise<Timer[]>((resolve) => {
        const seen: Timer[] = []
        const timers = createTimers((event) => {
          if (seen.push(asTimer(event)) === 50) resolve(seen)
        }, nowMicros)
        const from = nowMicros()
        for (let n = 0; n < 50; n += 1) {
          wake(timers, windowOf(n), from + ((n * 7_531) % 60_000), purpose)
        }
      })
      expect(events.filter(({ dueAt, recvAt }) => recvAt < dueAt)).toEqual([])
      expect(new Set(events.map((event) => event.conditionId)).size).toBe(50)
    },
  )
})

describe('triggers', () => {
  test('two within a millisecond come each at its own instant, whichever was asked for first', () => {
    const bot = byHand()
    bot.trigger(B, SECOND + 400)
    bot.trigger(A, SECOND)
    runOut()
    expect(bot.fired()).toEqual([
      [A, SECOND, SECOND],
      [B, SECOND + 400, SECOND + 400],
    ])
  })

  test('sixteen at one instant come all, as they were asked for', () => {
    const bot = byHand()
    const windows = Array.from({ length: 16 }, (_, n) => windowOf(15 - n))
    for (const id of windows) bot.trigger(id, SECOND)
    runOut()
    expect(bot.events.map((event) => event.conditionId)).toEqual(windows)
    expect(bot.events.every(({ dueAt, recvAt }) => recvAt >= dueAt)).toBe(true)
    expect((bot.events.at(-1)?.recvAt ?? 0) - bot.start - SECOND).toBeLessThan(50)
  })

  test('whatever is asked for, each comes once, at its instant and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 }), (afters) => {
        const bot = byHand()
        const asked = afters.map((after) => 30_000 + after * 10)
        for (const [n, after] of asked.entries()) bot.trigger(windowOf(n), after)
        runOut()
        const due = bot.events.map(({ dueAt }) => dueAt - bot.start)
        expect(due).toEqual([...asked].sort((a, b) => a - b))
        // The clock moves by a microsecond at each reading: several at one instant are some readings apart.
        for (const { dueAt, recvAt } of bot.events) {
          expect(recvAt).toBeGreaterThanOrEqual(dueAt)
          expect(recvAt - dueAt).toBeLessThan(200)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('one turn of the loop is not deaf for longer than the spin, however many triggers follow each other', () => {
    const bot = byHand()
    for (let n = 0; n < 20; n += 1) bot.trigger(windowOf(n), SECOND + n * 500)
    let turn = 0
    const inTurn = new Map<number, number[]>()
    bot.on.event = ({ recvAt }) => {
      inTurn.set(turn, [...(inTurn.get(turn) ?? []), recvAt])
    }
    while (vi.getTimerCount() > 0) {
      vi.advanceTimersToNextTimer()
      turn += 1
    }
    expect(bot.events).toHaveLength(20)
    const deaf = [...inTurn.values()].map((at) => Math.max(...at) - Math.min(...at))
    expect(Math.max(...deaf)).toBeLessThanOrEqual(MS)
    expect(inTurn.size).toBeGreaterThan(5)
  })

  test('a wake replaces the one before of the same window and purpose, later or earlier', () => {
    const bot = byHand()
    bot.trigger(A, 500 * MS)
    bot.trigger(B, 500 * MS)
    bot.trigger(A, 900 * MS)
    bot.trigger(B, 100 * MS)
    runOut()
    expect(bot.fired()).toEqual([
      [B, 100 * MS, 100 * MS],
      [A, 900 * MS, 900 * MS],
    ])
  })

  test('a trigger leaves the other wakes of its window alone', () => {
    const bot = byHand()
    wake(bot.timers, A, bot.start + SECOND, 'close')
    bot.trigger(A, 2 * SECOND)
    wake(bot.timers, A, bot.start + 3 * SECOND, 'clean_up')
    runOut()
    expect(bot.events.map((event) => event.purpose)).toEqual(['close', 'trigger', 'clean_up'])
  })

  test('one that is replaced, or whose window is forgotten, while its neighbour is served does not come', () => {
    const bot = byHand()
    bot.trigger(A, SECOND)
    bot.trigger(B, SECOND + 100)
    bot.trigger(windowOf(12), SECOND + 200)
    bot.on.event = (event) => {
      if (event.conditionId !== A) return
      bot.trigger(B, 2 * SECOND)
      bot.timers.forget(windowOf(12))
    }
    runOut()
    expect(bot.fired()).toEqual([
      [A, SECOND, SECOND],
      [B, 2 * SECOND, 2 * SECOND],
    ])
  })

  test('never from inside the step that asked, and a wish repeated at each answer does not hold the loop', () => {
    const bot = byHand()
    let inside = 0
    let answers = 0
    bot.on.event = () => {
      inside += 1
      expect(inside).toBe(1)
      answers += 1
      if (answers < 5) wake(bot.timers, A, bot.start, 'trigger')
      inside -= 1
    }
    bot.trigger(A, -SECOND)
    expect(answers).toBe(0)
    // Somebody else's turns come between the answers.
    const others: number[] = []
    const other = (): void => {
      others.push(answers)
      if (others.length < 8) setImmediate(other)
    }
    setImmediate(other)
    runOut()
    expect(answers).toBe(5)
    expect(new Set(others)).toEqual(new Set([1, 2, 3, 4, 5]))
  })

  test('wishes that keep coming do not put off the one that is due', () => {
    const bot = byHand()
    let wishes = 0
    const wish = (): void => {
      wishes += 1
      // The next wish stands in the loop before what this one causes.
      if (wishes < 50 && bot.events.length === 0) setImmediate(wish)
      bot.trigger(B, SECOND + wishes)
    }
    setImmediate(wish)
    bot.trigger(A, 0)
    runOut()
    expect(wishes).toBeLessThan(3)
    expect(bot.events.map((event) => event.conditionId)).toEqual([A, B])
  })

  test('a handler that throws takes nobody else with it', () => {
    const bot = byHand()
    bot.on.event = (event) => {
      if (event.conditionId === A) throw new Error('a bug in one window')
    }
    bot.trigger(A, SECOND)
    bot.trigger(B, SECOND + 10)
    expect(runOut).toThrow('a bug in one window')
    runOut()
    expect(bot.events.map((event) => event.conditionId)).toEqual([B])
  })

  test('a month ahead is not at once', () => {
    const bot = byHand()
    const month = 30 * 86_400 * SECOND
    bot.trigger(A, month)
    wake(bot.timers, B, bot.start + month, 'listen')
    vi.advanceTimersByTime(86_400 * MS)
    expect(bot.events).toEqual([])
    runOut()
    expect(bot.fired().map(([, due]) => due)).toEqual([month, month])
    expect(bot.events.every(({ dueAt, recvAt }) => recvAt >= dueAt)).toBe(true)
  })
})

describe('forget and clear', () => {
  const purposes: WakePurpose[] = ['listen', 'trigger', 'close', 'clean_up']

  test('forget drops every wake of the window and no other', () => {
    const bot = byHand()
    for (const purpose of purposes) {
      wake(bot.timers, A, bot.start + SECOND, purpose)
      wake(bot.timers, B, bot.start + SECOND, purpose)
    }
    wake(bot.timers, null, bot.start + SECOND, 'stale')
    bot.timers.forget(A)
    runOut()
    expect(bot.events).toHaveLength(5)
    expect(new Set(bot.events.map((event) => event.conditionId))).toEqual(new Set([B, null]))
  })

  test.each([
    ['at once', 0],
    ['when the instant is near', SECOND / MS - 1],
  ])('clear leaves nothing that would keep the process alive: %s', (_when, waitMs) => {
    const bot = byHand()
    for (const purpose of purposes) wake(bot.timers, A, bot.start + SECOND, purpose)
    wake(bot.timers, B, bot.start + SECOND, 'trigger')
    vi.advanceTimersByTime(waitMs)
    bot.timers.clear()
    expect(vi.getTimerCount()).toBe(0)
    runOut()
    expect(bot.events).toEqual([])
  })

  test('after clear new wakes are served', () => {
    const bot = byHand()
    bot.trigger(A, SECOND)
    vi.advanceTimersByTime(SECOND / MS - 1)
    bot.timers.clear()
    bot.trigger(B, 2 * SECOND)
    runOut()
    expect(bot.fired()).toEqual([[B, 2 * SECOND, 2 * SECOND]])
  })
})

test('spin gives the first reading that is not before the instant', () => {
  let at = START as number
  const steps = (): Micros => {
    at += 3
    return micros(at)
  }
  expect(spin(steps, START + 10) - START).toBe(12)
  expect(spin(steps, START + 15) - START).toBe(15)
  expect(spin(steps, START) - START).toBe(18)
})
