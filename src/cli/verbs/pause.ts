/** No new shots; survives a restart of the bot. */
import { operatorVerb } from '../operator-verb.ts'

export const pause = operatorVerb({
  action: 'pause',
  describe: 'the running bot takes no new shots, until resume',
  done: 'paused: no new shots, also after a restart, until `lastsecond resume`',
  withoutBot: null,
})
