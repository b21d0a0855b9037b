/** What `init` lets a person choose: each choice is a flag, and a question when somebody sits at the keyboard. */
import { createInterface } from 'node:readline'
import { configKey, showValue } from '../config/keys.ts'
import { didYouMean } from '../config/nearest.ts'
import { strategyNames as namesIn } from '../config/params.ts'
import { checkedInput } from '../config/values.ts'
import { UserError } from '../domain/user-error.ts'
import { STRATEGIES } from '../strategies/registry.ts'

const known = STRATEGIES.map(({ name }) => name)

/** In the order of the questions; the path is that of the setting. */
export const CHOICES = [
  { flag: 'venue', path: 'venue', question: 'Venue: local (embedded, play money) or polymarket' },
  { flag: 'asset', path: 'assets', question: 'Assets, some of btc,eth,sol,xrp' },
  { flag: 'interval', path: 'intervals', question: 'Window lengths, some of 5m,15m,1h,4h' },
  { flag: 'strategy', path: 'strategy', question: `Strategy, one or some of ${known.join(', ')}` },
] as const

export type Choice = (typeof CHOICES)[number]

/** The value as .env holds it, or a sentence that names the flag, the range and what was given. */
export function checkedChoice({ flag, path }: Choice, raw: unknown): string {
  const key = configKey(path)
  if (key === undefined) throw new Error(`there is no setting ${path}`)
  const origin = { kind: 'flag', name: `--${flag}` } as const
  const value = showValue(key, checkedInput(key, { path, raw, origin }))
  const stranger =
    path === 'strategy' ? namesIn(value).find((one) => !known.includes(one)) : undefined
  if (stranger !== undefined)
    throw new UserError(
      'config',
      `there is no strategy "${stranger}"; there are: ${known.join(', ')}${didYouMean(stranger, known)}`,
    )
  return value
}

type Streams = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }

/** Asks until each answer fits. Enter takes the default and is left out of what is returned. */
export async function askChoices(
  open: readonly Choice[],
  { input, output }: Streams,
): Promise<ReadonlyMap<Choice, string>> {
  const answers = new Map<Choice, string>()
  const lines = createInterface({ input, output })
  const typed = lines[Symbol.asyncIterator]()
  try {
    for (const choice of open) {
      const answer = await askOne(choice, typed, output)
      if (answer !== null) answers.set(choice, answer)
    }
  } finally {
    lines.close()
  }
  return answers
}

async function askOne(
  choice: Choice,
  typed: AsyncIterator<string>,
  output: NodeJS.WritableStream,
): Promise<string | null> {
  const key = configKey(choice.path)
  const initial = key === undefined ? '' : showValue(key, key.initial)
  for (;;) {
    output.write(`${choice.question} [${initial}]: `)
    const line = await typed.next()
    if (line.done === true)
      throw new UserError('general', 'the questions were not answered; nothing was written')
    if (line.value.trim() === '') return null
    try {
      return checkedChoice(choice, line.value)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      output.write(`${error.message.replace(/ \(from --\S+ on the command line\)$/, '')}\n`)
    }
  }
}
