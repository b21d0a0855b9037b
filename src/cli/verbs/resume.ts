/** The only end of a halt, and the end of a pause; works on the ledger when no bot runs. */
import { operatorVerb } from '../operator-verb.ts'

export const resume = operatorVerb({
  action: 'resume',
  describe: 'ends a pause and a halt',
  done: 'resumed: no pause and no halt holds the bot back',
  withoutBot: 'no bot is running; no pause and no halt will hold the next one back',
})
