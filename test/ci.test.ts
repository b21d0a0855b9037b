/** What the runs of the CI come to, from the files that the runner wrote. */
import { expect, test } from 'vitest'

type Tried = {
  readonly file: string
  readonly ok: boolean
  readonly tests: readonly { readonly name: string; readonly status: string }[]
}
type Run = {
  readonly name: string
  readonly ok: boolean
  readonly first: readonly Tried[]
  readonly second: { readonly ok: boolean; readonly results: readonly Tried[] } | null
}
type Verdict = { passed: number; failed: string[]; secondTries: string[] }

const { verdictOf } = (await import(new URL('../.ci/verdict.mjs', import.meta.url).href)) as {
  verdictOf(runs: readonly Run[]): Verdict
}

function tried(file: string, statuses: Readonly<Record<string, string>>, ok?: boolean): Tried {
  const tests = Object.entries(statuses).map(([name, status]) => ({ name, status }))
  return { file, ok: ok ?? tests.every(({ status }) => status !== 'failed'), tests }
}

function run(name: string, first: Tried[], second: Run['second'] = null): Run {
  return { name, ok: first.every(({ ok }) => ok), first, second }
}

const GOOD = tried('a', { one: 'passed', two: 'passed', never: 'skipped' })
const BAD = tried('a', { one: 'passed', two: 'failed' })
const again = (...results: Tried[]) => ({ ok: results.every(({ ok }) => ok), results })

test('a test counts once for all lines, and as passed when all of them agree', () => {
  const none = { failed: [], secondTries: [] }
  expect(verdictOf([run('20', [GOOD]), run('22', [GOOD])])).toEqual({ passed: 2, ...none })
  expect(verdictOf([run('20', [GOOD]), run('22', [BAD], again(BAD))])).toEqual({
    passed: 1,
    failed: ['a > two'],
    secondTries: [],
  })
})

test('what passed only then is named, with its line', () => {
  expect(verdictOf([run('20', [GOOD]), run('22', [BAD], again(GOOD))])).toEqual({
    passed: 2,
    failed: [],
    secondTries: ['a > two (22)'],
  })
})

test('what failed only then is named, too: nothing failed twice', () => {
  const other = tried('a', { one: 'failed', two: 'passed' })
  expect(verdictOf([run('20', [GOOD]), run('22', [BAD], again(other))])).toEqual({
    passed: 2,
    failed: [],
    secondTries: ['a > one (22)', 'a > two (22)'],
  })
})

test('a file that breaks outside its tests is a failure, or needed a second try', () => {
  const broken = tried('a', {}, false)
  expect(verdictOf([run('20', [broken], again(broken))]).failed).toEqual(['a (20)'])
  expect(verdictOf([run('20', [broken], again(GOOD))])).toEqual({
    passed: 2,
    failed: [],
    secondTries: ['a (20)'],
  })
})

test('an error that no file is to blame for does not pass unseen', () => {
  const odd = { ...run('20', [GOOD]), ok: false }
  expect(verdictOf([odd]).failed).toEqual(['an error outside the tests (20)'])
  expect(verdictOf([{ ...odd, second: again(GOOD) }])).toEqual({
    passed: 2,
    failed: [],
    secondTries: ['an error outside the tests (20)'],
  })
  expect(verdictOf([{ ...odd, first: [], second: { ok: false, results: [] } }])).toMatchObject({
    passed: 0,
    failed: ['an error outside the tests (20)'],
  })
  expect(verdictOf([run('20', [BAD], { ok: false, results: [GOOD] })]).failed).toEqual([
    'an error outside the tests, twice (20)',
  ])
})

test('tests of one name in one file are two', () => {
  const twins = { file: 'a', ok: true, tests: [1, 2].map(() => ({ name: 'x', status: 'passed' })) }
  expect(verdictOf([run('20', [twins])]).passed).toBe(2)
})
