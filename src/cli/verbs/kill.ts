/** The emergency stop: a halt that holds whether a bot runs or not, and whether it answers or not. */
import { operatorVerb } from '../operator-verb.ts'

export const kill = operatorVerb({
  action: 'kill',
  describe: 'halts trading and withdraws what rests; over restarts, until resume',
  done: 'killed: trading is halted, also after a restart, until `lastsecond resume`',
  withoutBot:
    'no bot is running; the halt is written down, so that the next start fires nothing until `lastsecond resume`',
})
