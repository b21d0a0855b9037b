/** The strategies there are, and what can be set of each. */
import { z } from 'zod'
import { paramsOf } from '../../config/params.ts'
import { STRATEGIES } from '../../strategies/registry.ts'
import { textTable } from '../text-table.ts'
import { EXIT, print, type Verb } from '../verb.ts'

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
    for (const strategy of STRATEGIES) {
      print(`${strategy.name}: ${strategy.summary}`)
      print(
        textTable(
          ['  PARAMETER', 'DEFAULT', 'RANGE', 'MEANING'],
          paramsOf(strategy).map(({ name, initial, range, meaning }) => [
            `  ${name}`,
            initial,
            range,
            meaning,
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
