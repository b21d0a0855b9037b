/** Why the bot did or did not shoot at a window: every check in its order, with the room there was. */
import { join } from 'node:path'
import { askStatus } from '../../control/client.ts'
import type { WindowStory } from '../../ledger/reader.ts'
import { folderOf, ledgerOptions, withReader } from '../ledger-options.ts'
import { settledLine } from '../settled-line.ts'
import { isUnfinished, toldStory } from '../told-story.ts'
import { EXIT, print, type Verb } from '../verb.ts'

export const explain: Verb = {
  command: 'explain <market>',
  describe: 'why it did or did not shoot; <market> is a slug, a part of one, or "last"',
  build: (argv) => ledgerOptions(argv.positional('market', { type: 'string', demandOption: true })),
  async run(args) {
    const story = withReader(args, (reader) => reader.story(args['market'] as string))
    if (args.json) {
      const settled = story.settlement === null ? null : settledLine(story.settlement)
      print(JSON.stringify({ ...story, settled }))
    } else {
      const watched = isUnfinished(story) && (await isWatched(folderOf(args), story))
      print(toldStory(story, watched))
    }
    return EXIT.ok
  },
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
