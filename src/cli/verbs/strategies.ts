/** The strategies there are, and what can be set of each. */
import { z } from 'zod'
import { STRATEGIES } from '../../strategies/registry.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, type Verb } from '../verb.ts'

type Property = {
  readonly default?: unknown
  readonly type?: string | readonly string[]
  readonly anyOf?: readonly { readonly type?: string }[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
}

export const strategies: Verb = {
  command: 'strategies',
  describe: 'strategies and their parameters',
  build: (argv) => argv,
  run(args) {
    const list = STRATEGIES.map(({ name, summary, params }) => ({
      name,
      summary,
      params: z.toJSONSchema(params, { io: 'input' }),
    }))
    if (args.json) {
      print(JSON.stringify(list))
      return Promise.resolve(EXIT.ok)
    }
    for (const { name, summary, params } of list) {
      print(`${name}: ${summary}`)
      const properties = Object.entries((params.properties ?? {}) as Record<string, Property>)
      print(
        textTable(
          ['  PARAMETER', 'DEFAULT', 'RANGE', 'MEANING'],
          properties.map(([key, property]) => [
            `  ${key}`,
            String(property.default ?? ''),
            range(property),
            property.description ?? '',
          ]),
        ),
      )
      print('')
    }
    print(
      'Set them under params: in lastsecond.yaml, or with: lastsecond config set params.<name> <value>',
    )
    return Promise.resolve(EXIT.ok)
  },
}

function range({ enum: words, minimum, maximum, type, anyOf }: Property): string {
  if (words !== undefined) return words.join(' | ')
  if (minimum !== undefined) return `${minimum} to ${maximum}`
  const types = anyOf?.map((one) => one.type ?? '') ?? [type ?? ''].flat()
  // A decimal may be written as a text or as a number.
  return types.includes('number') && types.includes('string') ? 'decimal' : types.join(' | ')
}
