/** The words of the command line, each wrong one named as it was typed. */
import { describe, expect, test } from 'vitest'
import { checkWords, verbOf } from '../../src/cli/words.ts'
import { UserError } from '../../src/domain/user-error.ts'

const declared = {
  string: ['config', 'tape', 'venue-json', 'fault', 'limit'],
  number: ['seed', 'window'],
  boolean: ['json', 'once'],
  array: ['fault'],
}

function said(...argv: string[]): string {
  try {
    checkWords(argv, declared)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'usage') return error.message
    throw error
  }
  return 'accepted'
}

describe('the verb', () => {
  test.each([
    [['run'], 'run'],
    [['--config', 'f.yaml', 'config', 'show'], 'config'],
    [['--json', '--log-level', 'debug', 'trades'], 'trades'],
    [['--logLevel', 'debug', 'trades'], 'trades'],
    [['--config=f.yaml', 'run', '--once'], 'run'],
    [['--json'], undefined],
    [['--config', 'run'], undefined],
  ])('of %j is %s', (argv, verb) => {
    expect(verbOf(argv, ['config', 'profile', 'log-level'])).toBe(verb)
  })
})

test.each([
  [['run', '--seed', 'abc'], '--seed must be a number, got "abc"'],
  [['run', '--seed=1e3'], '--seed must be a number, got "1e3"'],
  [['run', '--seed', '0x10'], '--seed must be a number, got "0x10"'],
  [['run', '--tape'], '--tape needs a value'],
  [['run', '--tape', '--once'], '--tape needs a value'],
  [['run', '--tape='], '--tape needs a value'],
  [['run', '--seed'], '--seed needs a value'],
  [['run', '--venueJson'], '--venue-json needs a value'],
  [['venue', '--fault'], '--fault needs a value'],
  [['run', '--json=maybe'], '--json takes no value but true or false, got "maybe"'],
  [['run', '--tape', 'a', '--tape', 'b'], '--tape is given more than once; say which one is meant'],
])('%j', (argv, message) => {
  expect(said(...argv)).toBe(message)
})

test.each([
  [['run', '--seed', '7', '--window', '-1.5', '--json', '--once']],
  [['run', '--json=false', '--no-once', '--tape', '-']],
  [['trades', '--limit', '-1']],
  [['import', '--json', 'file.jsonl']],
  [['venue', '--fault', 'a', 'b', '--fault', 'c']],
  [['run', '--unknown', '--', '--tape']],
])('%j is left to the verb', (argv) => {
  expect(said(...argv)).toBe('accepted')
})
