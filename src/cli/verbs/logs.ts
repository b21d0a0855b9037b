/** The bot's own log, for reading. */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unwatchFile,
  watchFile,
} from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { UserError } from '../../domain/user-error.ts'
import { idsFrom } from '../log-ids.ts'
import { readableLine } from '../log-lines.ts'
import { EXIT, print, type Verb } from '../verb.ts'
import { whole } from '../whole.ts'

const LOOK_EVERY_MS = 500
const LINES_MAX = 10_000_000

export const logs: Verb = {
  command: 'logs',
  describe: 'the log, made readable',
  build: (argv) =>
    argv
      .option('file', {
        choices: ['finder', 'trades'] as const,
        default: 'trades',
        describe: 'which log',
      })
      .option('lines', { type: 'string', default: '40', describe: 'how many lines from the end' })
      .option('follow', {
        alias: 'f',
        type: 'boolean',
        default: false,
        describe: 'go on with new lines until Ctrl-C',
      }),
  async run(args) {
    const count = whole(args, 'lines', 1, LINES_MAX) ?? 1
    const { config } = loadConfig({
      config: args.config,
      profile: args.profile,
      logLevel: args.logLevel,
    })
    const file = join(config.log.dir, `${args['file'] as string}.log`)
    if (!existsSync(file))
      throw new UserError(
        'not_running',
        `there is no ${file} yet; start the bot with: lastsecond run`,
      )
    const ids = idsFrom(join(config.log.dir, 'finder.log'))
    const show = (line: string): void => {
      if (line !== '') print(args.json ? line : readableLine(line, ids))
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    for (const line of lines.slice(-count)) show(line)
    if (args['follow'] === true) await follow(file, show)
    return EXIT.ok
  },
}

function follow(file: string, show: (line: string) => void): Promise<void> {
  let position = statSync(file).size
  let half = ''
  watchFile(file, { interval: LOOK_EVERY_MS }, ({ size }) => {
    // A rotated file begins anew.
    if (size < position) position = 0
    const chunk = Buffer.alloc(size - position)
    const handle = openSync(file, 'r')
    readSync(handle, chunk, 0, chunk.length, position)
    closeSync(handle)
    position = size
    const lines = (half + chunk.toString('utf8')).split('\n')
    half = lines.pop() ?? ''
    for (const line of lines) show(line)
  })
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      unwatchFile(file)
      resolve()
    })
  })
}
