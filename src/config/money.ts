/** Settings that are money: a decimal text of a person, micro-dollars for everybody else. */
import { z } from 'zod'
import { parseUsdc } from '../domain/units.ts'
import { KEY_META, type KeyMeta } from './key-meta.ts'

/** Far above any account this bot is for, far below where micro-dollars leave the safe integers. */
const MONEY_MAX = 1_000_000_000

export function money(least: string, initial: string, meaning: string, meta: KeyMeta) {
  const floor = parseUsdc(least) ?? 0
  return z
    .string()
    .refine((text) => (microOf(text) ?? -1) >= floor)
    .transform((text) => microOf(text) ?? z.NEVER)
    .prefault(initial)
    .describe(meaning)
    .register(KEY_META, {
      ...meta,
      decimal: true,
      range: `a decimal of at most 6 places, ${least} to ${MONEY_MAX}`,
    })
}

/** The same, or off. Nothing at all is a limit, too. */
export function moneyOrOff(initial: string, meaning: string, meta: KeyMeta = {}) {
  return z
    .string()
    .refine((text) => text === 'off' || microOf(text) !== null)
    .transform((text) => (text === 'off' ? ('off' as const) : (microOf(text) ?? z.NEVER)))
    .prefault(initial)
    .describe(meaning)
    .register(KEY_META, {
      ...meta,
      decimal: true,
      range: `off or a decimal of at most 6 places, 0 to ${MONEY_MAX}`,
    })
}

function microOf(text: string): number | null {
  const value = parseUsdc(text)
  return value !== null && value >= 0 && value <= MONEY_MAX * 1_000_000 ? value : null
}
