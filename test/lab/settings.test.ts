import { expect, test } from 'vitest'
import { USUAL_GATES } from '../../src/lab/settings.ts'
import { GATES } from '../support/builders.ts'

test("the laboratory's gates are the bot's own defaults", () => {
  expect(USUAL_GATES).toEqual(GATES)
})
