/** Ends the running bot in order: nothing new, what it fired in is settled first. */
import { operatorVerb } from '../operator-verb.ts'

export const stop = operatorVerb({
  action: 'stop',
  describe: 'the running bot finishes the windows it fired in, then exits',
  done: 'stopping: no new windows and no new shots; it exits when the windows it fired in are settled, after 10 minutes at the latest',
  withoutBot: null,
})
