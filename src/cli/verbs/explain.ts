/** Why the bot did or did not shoot at a window: every check in its order, with the room there was, and the certificate of it. */
import { join } from 'node:path'
import { askStatus } from '../../control/client.ts'
import { UserError } from '../../domain/user-error.ts'
import type { LedgerReader, WindowStory } from '../../ledger/reader.ts'
import { folderOf, ledgerOptions, withReader } from '../ledger-options.ts'
import { settledLine } from '../settled-line.ts'
import { toldCertificate, toldChain, toldTrail } from '../told-certificate.ts'
import { isUnfinished, toldStory } from '../told-story.ts'
import { EXIT, type GlobalArgs, print, type Verb } from '../verb.ts'

export const explain: Verb = {
  command: 'explain [market]',
  describe: 'why it did or did not shoot; <market> is a slug, a part of one, or "last"',
  build: (argv) =>
    ledgerOptions(argv.positional('market', { type: 'string' }))
      .option('trail', {
        type: 'boolean',
        default: false,
        describe: 'the last minute, second by second',
      })
      .option('verify', {
        type: 'boolean',
        default: false,
        describe: 'check the whole chain of certificates instead; exit code 1 when it is broken',
      }),
  async run(args) {
    if (args['verify'] === true) return verify(args)
    const which = args['market'] as string | undefined
    if (which === undefined)
      throw new UserError('usage', 'say which window, or "last"; --verify needs none')
    const { story, chain } = withReader(args, (reader) => found(reader, which))
    if (args.json) {
      const settled = story.settlement === null ? null : settledLine(story.settlement)
      print(JSON.stringify({ ...story, settled, chain }))
      return EXIT.ok
    }
    const watched = isUnfinished(story) && (await isWatched(folderOf(args), story))
    print(toldStory(story, watched))
    if (story.certificate === null && isUnfinished(story)) return EXIT.ok
    print(`\n${toldCertificate(story, chain).join('\n')}`)
    if (args['trail'] === true && story.certificate !== null)
      print(`\n${toldTrail(story.certificate.body).join('\n')}`)
    return EXIT.ok
  },
}

/** The story, and the chain as far as the window's certificate. */
function found(reader: LedgerReader, which: string) {
  const story = reader.story(which)
  return { story, chain: reader.certificates.verify(story.certificate?.seq ?? 0) }
}

function verify(args: GlobalArgs & Readonly<Record<string, unknown>>): number {
  const chain = withReader(args, ({ certificates }) => certificates.verify())
  print(args.json ? JSON.stringify(chain) : toldChain(chain))
  return chain.broken === null ? EXIT.ok : EXIT.general
}

/** No answer is an answer: nobody has the window. */
async function isWatched(folder: string, { market }: WindowStory): Promise<boolean> {
  try {
    const { engine } = await askStatus(join(folder, 'run.json'))
    return engine.windows.some(({ slug }) => slug === market.slug)
  } catch {
    return false
  }
}
