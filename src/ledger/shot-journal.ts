/**
 * What must survive a kill in the middle of a shot. Two kinds of writing: a window that is made ready is on the disk, synced, before anything of
 * it is sent; and just before the bytes of an order leave, a line says so by a plain synchronous write, which outlives the process whatever
 * kills it. A window that was made ready and has no such line had no shot sent; one with a line has one, and its id is known.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncate,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import type { Order } from '../domain/order.ts'
import type { Log } from '../domain/ports.ts'

/** An order of which at least one byte may have left. */
export type SentMark = { readonly venueId: string; readonly order: Order; readonly market: Market }

/** A window's texts are about a kilobyte. */
const LINE_BYTES = 16_384
/** Of UTF-8, for each of a string's units. */
const BYTES_A_CHARACTER = 3
/** Rehearsals are emptied when a window is made ready, if there are so many; a whole minute of them is a little less than the most. */
const EMPTIED_FROM_BYTES = 4_000_000
const REHEARSED_BYTES_MAX = 32_000_000

export type ShotJournal = {
  /** Resolves when the window and the names of its orders are on the disk. */
  armed(market: Market, venueIds: readonly string[]): Promise<void>
  /** Returns when the operating system has the whole line; throws when it has not. */
  mark(venueId: string, order: Order, market: Market): void
  /** Against a power cut: brings what was marked to the disk. Nobody waits for it, so it comes after the bytes have left. */
  sync(): void
  /** The same as a mark, into a file that nobody reads: what was not written to for some milliseconds is written to slowly. */
  rehearse(venueId: string, order: Order, market: Market): void
  /** Nothing of the window is open any more. */
  forget(conditionId: ConditionId): void
  /** Drops what the ledger has settled. What is marked from then on goes to the new file. */
  compact(settled: ReadonlySet<string>): void
  readonly before: { readonly marks: readonly SentMark[]; readonly armed: readonly Market[] }
  close(): void
}

export function openShotJournal(folder: string, log: Log): ShotJournal {
  mkdirSync(folder, { recursive: true })
  const sentFile = join(folder, 'sent.jsonl')
  const before = { marks: readMarks(sentFile, log), armed: readArmed(folder, log) }
  let sent = openSync(sentFile, 'a')
  const rehearsalFile = join(folder, 'rehearsals')
  rmSync(rehearsalFile, { force: true })
  const rehearsals = openSync(rehearsalFile, 'a')
  let rehearsed = 0
  const tails = new Map<ConditionId, Buffer>()
  let line = Buffer.allocUnsafeSlow(LINE_BYTES)
  let last: Promise<void> = Promise.resolve()

  async function writeArmed(market: Market, venueIds: readonly string[]): Promise<void> {
    const file = armedFile(folder, market.conditionId)
    const handle = await open(`${file}.new`, 'w')
    try {
      await handle.writeFile(`${JSON.stringify({ market, venueIds })}\n`)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
    const directory = await open(folder, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }

  function write(file: number, venueId: string, order: Order, market: Market): number {
    const tail = tails.get(market.conditionId) ?? tailOf(market)
    // It begins with a line break as well: half a line before it, of a full disk or of a killed process, must not swallow it.
    const head = `\n{"venueId":"${venueId}","order":${JSON.stringify(order)}`
    const most = BYTES_A_CHARACTER * head.length + tail.length
    if (most > line.length) line = Buffer.allocUnsafeSlow(most)
    const at = line.write(head)
    const size = at + tail.copy(line, at)
    if (writeSync(file, line, 0, size) < size) throw new Error('the journal of shots is not whole')
    return size
  }

  function rehearse(venueId: string, order: Order, market: Market): void {
    if (rehearsed > REHEARSED_BYTES_MAX) return
    try {
      rehearsed += write(rehearsals, venueId, order, market)
    } catch {
      // A full disk will be the trouble of the shot itself.
    }
  }

  return {
    before,
    armed(market, venueIds) {
      tails.set(market.conditionId, tailOf(market))
      if (rehearsed > EMPTIED_FROM_BYTES) {
        rehearsed = 0
        ftruncate(rehearsals, 0, () => undefined)
      }
      // One after the other: the same window may be made ready twice.
      last = last.then(
        () => writeArmed(market, venueIds),
        () => writeArmed(market, venueIds),
      )
      return last
    },
    mark: (venueId, order, market) => void write(sent, venueId, order, market),
    sync: () => fdatasync(sent, () => undefined),
    rehearse,
    forget(conditionId) {
      tails.delete(conditionId)
      rm(armedFile(folder, conditionId), { force: true }).catch((error: unknown) =>
        log.warn('a file of a finished window could not be removed', { error }),
      )
    },
    compact(settled) {
      compactSent(sentFile, settled)
      closeSync(sent)
      sent = openSync(sentFile, 'a')
      for (const name of armedNames(folder)) {
        const conditionId = name.slice('armed-'.length, -'.json'.length)
        if (settled.has(conditionId)) rmSync(join(folder, name), { force: true })
      }
    },
    close() {
      closeSync(sent)
      closeSync(rehearsals)
      rmSync(rehearsalFile, { force: true })
    },
  }
}

/** What is settled is in the ledger: its lines are not needed any more. */
function compactSent(file: string, settled: ReadonlySet<string>): void {
  const lines = linesOf(file).filter((line) => {
    const mark = parseMark(line)
    return mark !== null && !settled.has(mark.market.conditionId)
  })
  const handle = openSync(`${file}.new`, 'w')
  try {
    writeFileSync(handle, lines.map((line) => `${line}\n`).join(''))
    fdatasyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(`${file}.new`, file)
}

function tailOf(market: Market): Buffer {
  return Buffer.from(`,"market":${JSON.stringify(market)}}\n`)
}

function armedFile(folder: string, conditionId: string): string {
  return join(folder, `armed-${conditionId}.json`)
}

function armedNames(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => /^armed-0x[0-9a-f]+\.json$/i.test(name))
    : []
}

function readArmed(folder: string, log: Log): Market[] {
  return armedNames(folder).flatMap((name) => {
    try {
      return [(JSON.parse(readFileSync(join(folder, name), 'utf8')) as { market: Market }).market]
    } catch (error) {
      log.error('a window that was made ready before cannot be read; it is left alone', {
        name,
        error,
      })
      return []
    }
  })
}

function readMarks(file: string, log: Log): SentMark[] {
  return linesOf(file).flatMap((line) => {
    const mark = parseMark(line)
    // The last line may be half a line: the process died while it was written, so before a byte of the order left.
    if (mark === null) log.warn('half a line in the journal of shots: its order was never sent', {})
    return mark === null ? [] : [mark]
  })
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

function parseMark(line: string): SentMark | null {
  try {
    const mark = JSON.parse(line) as Partial<SentMark>
    return mark.venueId && mark.order && mark.market ? (mark as SentMark) : null
  } catch {
    // Half a line.
    return null
  }
}
