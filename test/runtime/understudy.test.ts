import { expect, test } from 'vitest'
import { createUnderstudy } from '../../src/runtime/understudy.ts'
import { someSettings } from '../support/builders.ts'

test('every rehearsal is a whole shot, however often', () => {
  const rehearse = createUnderstudy(someSettings())
  for (let call = 0; call < 200; call += 1) expect(rehearse()).toBe(true)
})

test('one that goes by the rule has its winner there as well', () => {
  expect(createUnderstudy(someSettings({}, { winner: 'settlement' }))()).toBe(true)
})

test('whatever the strategy would pay, the made-up window offers it', () => {
  for (const maxAsk of ['0.51', '0.955', '0.99'])
    expect(createUnderstudy(someSettings({}, { maxAsk }))()).toBe(true)
})

test('a strategy that may not spend that much does not shoot in a rehearsal either', () => {
  const { limits } = someSettings()
  const settings = someSettings({ limits: { ...limits, maxPosition: 0 as never } })
  expect(createUnderstudy(settings)()).toBe(false)
})
