/** Work at every tick of a cron text, one piece at a time, until told to stop. A piece under way ends in order before the last word. */
import { UserError } from '../domain/user-error.ts'

export async function scheduled(
  cron: string,
  work: () => Promise<unknown>,
  abort: AbortSignal,
): Promise<void> {
  const { default: nodeCron } = await import('node-cron')
  if (!nodeCron.validate(cron)) {
    throw new UserError(
      'usage',
      `--schedule "${cron}" is not a cron text; every quarter of an hour is "*/15 * * * *"`,
    )
  }
  if (abort.aborted) return
  let current: Promise<unknown> = Promise.resolve()
  let task: { stop(): unknown } | null = null
  try {
    await new Promise<void>((resolve, reject) => {
      abort.addEventListener('abort', () => resolve(), { once: true })
      const turn = async (): Promise<void> => {
        if (abort.aborted) return
        current = work()
        await current.catch(reject)
      }
      task = nodeCron.schedule(cron, turn, { noOverlap: true })
    })
  } finally {
    await (task as { stop(): unknown } | null)?.stop()
    // Its failure was the reason to be here, or comes out now.
    await current
  }
}
