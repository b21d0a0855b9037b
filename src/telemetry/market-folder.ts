/** A folder for each window, logs/<interval>/<slug>/: what it was, and every signal, order, fill and latency as CSV. */

import { access, appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineFact, ShotLatency } from '../domain/facts.ts'
import type { Market } from '../domain/market.ts'
import { filledOf, outcomeWords } from '../domain/order.ts'
import type { FactSink, Log } from '../domain/ports.ts'
import { formatMicro, formatPrice, type Ticks } from '../domain/units.ts'

export const CSV_HEADERS = {
  'signals.csv':
    'at_utc,left_ms,side,refused_by,why,up_bid,up_ask,down_bid,down_ask,limit,spend_usd',
  'orders.csv': 'at_utc,order_id,strategy,side,limit,shares,spend_usd',
  'fills.csv': 'at_utc,order_id,state,shares,cost_usd,fee_usd,reason',
  'latency.csv':
    'at_utc,decided_utc,trigger_error_us,decision_to_outcome_us,book_age_us,write_us,first_byte_us,answer_us,matched_us,mined_us,confirmed_us,loop_lag_us,gc_us',
} as const
type CsvName = keyof typeof CSV_HEADERS

export function createMarketFolder({ dir, log }: { dir: string; log: Log }): FactSink {
  const started = new Set<string>()
  const markets = new Map<string, Market>()
  // One write after another; the facts do not wait for the disk.
  let queue: Promise<void> = Promise.resolve()

  function later(work: () => Promise<void>): void {
    queue = queue
      .then(work)
      .catch((error: unknown) => log.error("a window's file cannot be written", { error }))
  }

  function folder(market: Market): string {
    return join(dir, market.interval, folderName(market.slug))
  }

  function row(market: Market, name: CsvName, cells: readonly (string | number | null)[]): void {
    later(async () => {
      const file = join(folder(market), name)
      const line = `${cells.map(cell).join(',')}\n`
      // A bot that came back within the window goes on in the files it finds.
      const isNew = !started.has(file) && !(await exists(file))
      started.add(file)
      await appendFile(file, isNew ? `${CSV_HEADERS[name]}\n${line}` : line)
    })
  }

  function begin(market: Market): void {
    markets.set(market.conditionId, market)
    later(async () => {
      await mkdir(folder(market), { recursive: true })
      await writeFile(join(folder(market), 'market_info.txt'), info(market))
    })
  }

  function end(market: Market): void {
    markets.delete(market.conditionId)
    // After the lines that wait to be written.
    later(async () => {
      for (const name of Object.keys(CSV_HEADERS)) started.delete(join(folder(market), name))
    })
  }

  function accept(fact: EngineFact): void {
    const at = utc(fact.at)
    switch (fact.kind) {
      case 'listening':
        return begin(fact.market)
      case 'decided': {
        const { decision: d } = fact
        const market = markets.get(d.conditionId)
        if (market === undefined) return
        const spend = d.spend === null ? null : formatMicro(d.spend)
        return row(market, 'signals.csv', [
          at,
          Math.round(d.leftMicros / 1_000),
          d.side,
          d.refusedBy,
          d.why,
          price(d.up.bestBid),
          price(d.up.bestAsk),
          price(d.down.bestBid),
          price(d.down.bestAsk),
          price(d.limit),
          spend,
        ])
      }
      case 'submitted': {
        const { order: o } = fact
        return row(fact.market, 'orders.csv', [
          at,
          o.id,
          o.strategy,
          o.side,
          price(o.limit),
          formatMicro(o.shares),
          formatMicro(o.spend),
        ])
      }
      case 'outcome': {
        const { outcome: o } = fact
        const filled = filledOf(o)
        const reason = o.state === 'filled' ? '' : outcomeWords(o)
        const amounts =
          filled === null
            ? ['0', '0', '0']
            : [filled.shares, filled.cost, filled.fee].map(formatMicro)
        return row(fact.market, 'fills.csv', [at, fact.order.id, o.state, ...amounts, reason])
      }
      case 'settled': {
        const { market, latency, order } = fact.settlement
        if (order !== null && markets.has(market.conditionId)) {
          row(market, 'latency.csv', [at, utc(order.decidedAt), ...steps(latency)])
        }
        return end(market)
      }
      default:
        return
    }
  }

  return { accept, close: () => queue }
}

function steps(latency: ShotLatency): (number | null)[] {
  return [
    latency.triggerErrorMicros,
    latency.decisionToOutcomeMicros,
    latency.bookAgeMicros,
    latency.writeMicros,
    latency.firstByteMicros,
    latency.answerMicros,
    latency.matchedMicros,
    latency.minedMicros,
    latency.confirmedMicros,
    latency.loopLagMicros,
    latency.gcMicros,
  ]
}

function info(market: Market): string {
  return [
    `slug: ${market.slug}`,
    `title: ${market.title}`,
    `condition id: ${market.conditionId}`,
    `Up token (YES): ${market.up}`,
    `Down token (NO): ${market.down}`,
    `start: ${utc(market.startAt)}`,
    `end: ${utc(market.endAt)}`,
    `settles by: ${market.resolutionSource ?? 'not stated'}`,
    '',
  ].join('\n')
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}

/** Names come from the venue: none leads out of the folder. */
function folderName(slug: string): string {
  return slug.replace(/[^a-zA-Z0-9._-]/g, '_').replace(/^\.+$/, '_')
}

function utc(at: number): string {
  return new Date(at / 1_000).toISOString()
}

function price(ticks: Ticks | null): string | null {
  return ticks === null ? null : formatPrice(ticks)
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
