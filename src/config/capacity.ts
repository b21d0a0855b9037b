/** How many dollars a purchase may spend on each asset: what a market bears is not the same for all of them. A list of texts such as `eth:150`. */
import { z } from 'zod'
import { ASSETS, type Asset } from '../domain/ids.ts'
import { type MicroUsdc, parseUsdc } from '../domain/units.ts'
import { KEY_META } from './key-meta.ts'

export type Capacity = Readonly<Partial<Record<Asset, MicroUsdc>>>

export function capacity(meaning: string, env: string) {
  return z
    .array(z.string().refine((text) => partsOf(text) !== null))
    .refine((list) => new Set(list.map((text) => partsOf(text)?.[0])).size === list.length)
    .default([])
    .describe(meaning)
    .register(KEY_META, {
      env: [env],
      range: `different ones of ${ASSETS.join(', ')}, each with its dollars, such as btc:500,eth:150, or nothing`,
    })
}

export function capacityOf(list: readonly string[]): Capacity {
  return Object.fromEntries(list.flatMap((text) => [partsOf(text)].filter((one) => one !== null)))
}

function partsOf(text: string): [Asset, MicroUsdc] | null {
  const [name, dollars = '', ...more] = text.split(':')
  const asset = ASSETS.find((one) => one === name)
  const micro = parseUsdc(dollars)
  return asset === undefined || micro === null || micro <= 0 || more.length > 0
    ? null
    : [asset, micro]
}
