/**
 * What a journal of shots holds when it is opened again. A line that is not whole, or a window that was made ready by another run of the machine,
 * proves nothing: a power cut takes back what was written and not yet synced, also the line of an order that had left.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConditionId, conditionId } from '../domain/ids.ts'
import type { Market } from '../domain/market.ts'
import { completeOrder, type Order, type Rung } from '../domain/order.ts'
import type { Log } from '../domain/ports.ts'

/** An order of which at least one byte may have left. */
export type SentMark = { readonly venueId: string; readonly order: Order; readonly market: Market }

/** An order that was signed ahead, with the name that the venue would know it by. */
export type NamedRung = Rung & { readonly venueId: string }

export type ArmedWindow = {
  readonly conditionId: ConditionId
  /** Null where the file cannot be read. */
  readonly market: Market | null
  readonly orders: readonly NamedRung[]
  /** Without a line in the journal nothing of it was sent. */
  readonly isProof: boolean
}

export type JournalBefore = {
  readonly marks: readonly SentMark[]
  readonly armed: readonly ArmedWindow[]
}

/** A window and its orders, as they are written down. */
export type ArmedText = {
  readonly market: Market
  readonly orders: readonly NamedRung[]
  readonly boot: string
}

export const sentFileIn = (folder: string): string => join(folder, 'sent.jsonl')

/** Orders that wait have many lines, and a file for each window, which goes with it. */
export const waitsFile = (folder: string, id: string): string => join(folder, `waits-${id}.jsonl`)

export function readJournal(folder: string, boot: string, log: Log): JournalBefore {
  const sentFile = sentFileIn(folder)
  const lines = [sentFile, ...waitsIds(folder).map((id) => waitsFile(folder, id))].flatMap(linesOf)
  const marks = lines.flatMap((line) => parseMark(line) ?? [])
  const broken = lines.length - marks.length
  if (broken > 0)
    log.warn('lines in the journal of shots are not whole; the venue is asked what they were', {
      broken,
    })
  const isWhole = existsSync(sentFile) && broken === 0
  return { marks, armed: readArmed(folder, boot, isWhole, log) }
}

export function armedFile(folder: string, id: string): string {
  return join(folder, `armed-${id}.json`)
}

/** The windows that were made ready, by their condition ids. */
export function armedIds(folder: string): string[] {
  return idsIn(folder, /^armed-(0x[0-9a-f]+)\.json$/i)
}

/** Those in which orders waited. */
export function waitsIds(folder: string): string[] {
  return idsIn(folder, /^waits-(0x[0-9a-f]+)\.jsonl$/i)
}

function idsIn(folder: string, pattern: RegExp): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.flatMap((name) => pattern.exec(name)?.[1] ?? [])
}

function readArmed(folder: string, boot: string, isWhole: boolean, log: Log): ArmedWindow[] {
  return armedIds(folder).map((id) => {
    try {
      const text = readFileSync(armedFile(folder, id), 'utf8')
      const { market, orders = [], boot: then } = JSON.parse(text) as Partial<ArmedText>
      if (market === undefined) throw new Error('it names no window')
      const isProof = isWhole && boot !== '' && then === boot
      return { conditionId: market.conditionId, market, orders, isProof }
    } catch (error) {
      log.error('a window that was made ready before cannot be read; it gets no shot', {
        conditionId: id,
        error,
      })
      return { conditionId: conditionId(id), market: null, orders: [], isProof: false }
    }
  })
}

export function linesOf(file: string): string[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

export function parseMark(line: string): SentMark | null {
  try {
    const mark = JSON.parse(line) as Partial<SentMark>
    return mark.venueId && mark.order && mark.market
      ? { ...(mark as SentMark), order: completeOrder(mark.order) }
      : null
  } catch {
    // Half a line.
    return null
  }
}
