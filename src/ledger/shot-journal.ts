/**
 * What must survive a kill in the middle of a shot. Two kinds of writing: a window that is made ready is on the disk, synced, before anything of
 * it is sent; and just before the bytes of an order leave, a line says so by a plain synchronous write, which outlives the process whatever
 * kills it; a power cut may take it. A window that was made ready and has no such line had no shot sent, as long as the machine runs on; one
 * with a line has one, and its id is known. `journal-files.ts` reads it.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  ftruncate,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { type Order, rests } from '../domain/order.ts'
import type { Log } from '../domain/ports.ts'
import {
  type ArmedText,
  armedFile,
  armedIds,
  type JournalBefore,
  linesOf,
  type NamedRung,
  parseMark,
  readJournal,
  sentFileIn,
  waitsFile,
  waitsIds,
} from './journal-files.ts'
import { orderText } from './order-text.ts'
import { bootOf } from './process-mark.ts'

/** Room for an order: twice what the longest takes, as it is counted. */
const ORDER_BYTES = 4_096
/** Of UTF-8, for each of a string's units. */
const BYTES_A_CHARACTER = 3
/** Rehearsals are emptied when a window is made ready, if there are so many; a whole minute of them is a little less than the most. */
const EMPTIED_FROM_BYTES = 4_000_000
const REHEARSED_BYTES_MAX = 32_000_000
/** The ledger has the end of a window on the disk by then. */
const FORGOTTEN_AFTER_MS = 10_000

/** A line that has its window already, and waits for its order from there on. */
type Page = { readonly line: Buffer; readonly from: number }

export type ShotJournal = {
  /** Resolves when the window and its orders are on the disk, with those of the times before: one of them may still be shot meanwhile. */
  armed(market: Market, orders: readonly NamedRung[]): Promise<void>
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
  readonly before: JournalBefore
  close(): void
}

export function openShotJournal(folder: string, log: Log, boot = bootOf()): ShotJournal {
  mkdirSync(folder, { recursive: true })
  const sentFile = sentFileIn(folder)
  const before = readJournal(folder, boot, log)
  let sent = openSync(sentFile, 'a')
  const rehearsalFile = join(folder, 'rehearsals')
  rmSync(rehearsalFile, { force: true })
  const rehearsals = openSync(rehearsalFile, 'a')
  let rehearsed = 0
  /** Of each window in which orders wait. */
  const waits = new Map<ConditionId, number>()
  const unsynced = new Set<number>()
  const pages = new Map<ConditionId, Page>()
  syncFolder(folder)
  const named = new Map<ConditionId, readonly NamedRung[]>()
  let last: Promise<void> = Promise.resolve()

  async function writeArmed(market: Market): Promise<void> {
    const orders = named.get(market.conditionId)
    // It was forgotten meanwhile.
    if (orders === undefined) return
    const file = armedFile(folder, market.conditionId)
    const handle = await open(`${file}.new`, 'w')
    try {
      await handle.writeFile(`${JSON.stringify({ market, orders, boot } satisfies ArmedText)}\n`)
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
    const rest = `"venueId":"${venueId}","order":${orderText(order)}}\n`
    const { line, from } = pageFor(market, BYTES_A_CHARACTER * rest.length)
    const size = from + line.write(rest, from)
    if (writeSync(file, line, 0, size) < size) throw new Error('the journal of shots is not whole')
    return size
  }

  function pageFor(market: Market, bytes: number): Page {
    const page = pages.get(market.conditionId)
    return page !== undefined && page.line.length - page.from >= bytes
      ? page
      : pageOf(market, bytes)
  }

  function fileFor(order: Order, { conditionId }: Market): number {
    if (!rests(order)) return sent
    const open = waits.get(conditionId)
    if (open !== undefined) return open
    const file = openSync(waitsFile(folder, conditionId), 'a')
    waits.set(conditionId, file)
    syncFolderSoon(folder)
    return file
  }

  function dropWaits(conditionId: ConditionId): void {
    const file = waits.get(conditionId)
    if (file === undefined) return
    waits.delete(conditionId)
    unsynced.delete(file)
    closeSync(file)
    rmSync(waitsFile(folder, conditionId), { force: true })
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
    armed(market, orders) {
      const { conditionId } = market
      pages.set(conditionId, pageOf(market, ORDER_BYTES))
      named.set(conditionId, [...(named.get(conditionId) ?? []), ...orders])
      if (rehearsed > EMPTIED_FROM_BYTES) {
        rehearsed = 0
        ftruncate(rehearsals, 0, () => undefined)
      }
      // One after the other: the same window may be made ready twice.
      last = last.then(
        () => writeArmed(market),
        () => writeArmed(market),
      )
      return last
    },
    mark(venueId, order, market) {
      const file = fileFor(order, market)
      write(file, venueId, order, market)
      unsynced.add(file)
    },
    sync() {
      for (const file of unsynced) fdatasync(file, () => undefined)
      unsynced.clear()
    },
    rehearse,
    forget(conditionId) {
      pages.delete(conditionId)
      named.delete(conditionId)
      if (waits.has(conditionId))
        setTimeout(() => dropWaits(conditionId), FORGOTTEN_AFTER_MS).unref()
      rm(armedFile(folder, conditionId), { force: true }).catch((error: unknown) =>
        log.warn('a file of a finished window could not be removed', { error }),
      )
    },
    compact(settled) {
      compactSent(sentFile, settled)
      closeSync(sent)
      sent = openSync(sentFile, 'a')
      syncFolder(folder)
      for (const id of armedIds(folder))
        if (settled.has(id)) rmSync(armedFile(folder, id), { force: true })
      for (const id of waitsIds(folder))
        if (settled.has(id)) rmSync(waitsFile(folder, id), { force: true })
    },
    close() {
      for (const file of [sent, rehearsals, ...waits.values()]) closeSync(file)
      waits.clear()
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

/** With room for an order. It begins with a line break as well: half a line before it, of a full disk or of a killed process, must not swallow it. */
function pageOf(market: Market, bytes: number): Page {
  const head = Buffer.from(`\n{"market":${JSON.stringify(market)},`)
  const line = Buffer.allocUnsafeSlow(head.length + bytes)
  return { line, from: head.copy(line) }
}

function syncFolderSoon(folder: string): void {
  const handle = openSync(folder, 'r')
  fsync(handle, () => closeSync(handle))
}

/** A file's name is on the disk when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
