/**
 * The last minute of each settlement series on RTDS: the only way to learn a strike that was missed there by less. It comes as the first
 * frame of a subscription with a filter. Two things make one connection for each question the honest way: a connection holds one filter
 * for a topic, and the frame does not say which series it is of, so only one may be asked for. Averages are asked for first, because they
 * are what windows are settled by. The values are floats: they are told as rounded, and never in place of an exact one.
 */
import type { Asset, PriceSeries } from '../../domain/ids.ts'
import { askSocket } from '../../net/ask-socket.ts'
import type { Print } from './print-memory.ts'
import { parsePast, pastQuestion } from './rtds-wire.ts'

export type RtdsPastDeps = {
  readonly url: string
  readonly assets: readonly Asset[]
  /** Of one series and asset, oldest first. */
  heard(prints: readonly Print[]): void
  unreadable(frame: Uint8Array, error: unknown): void
}

export type RtdsPast = {
  /** Asks for everything, one after the other; anew when it was still asking. */
  ask(): void
  stop(): void
}

const SERIES: readonly PriceSeries[] = ['twap60', 'spot']
const ANSWER_TIMEOUT_MS = 4_000

export function createRtdsPast(deps: RtdsPastDeps): RtdsPast {
  let asking = new AbortController()

  async function askAll(signal: AbortSignal): Promise<void> {
    for (const series of SERIES) {
      for (const asset of deps.assets) {
        const prints = await askOne(series, asset, signal)
        if (signal.aborted) return
        if (prints !== null) deps.heard(prints)
      }
    }
  }

  function askOne(
    series: PriceSeries,
    asset: Asset,
    signal: AbortSignal,
  ): Promise<readonly Print[] | null> {
    return askSocket({
      url: deps.url,
      text: pastQuestion(series, asset),
      timeoutMs: ANSWER_TIMEOUT_MS,
      signal,
      answerIn(frame) {
        if (frame.length === 0) return null
        try {
          return parsePast(frame.toString('utf8'), series, asset)
        } catch (error) {
          deps.unreadable(frame, error)
          return null
        }
      },
    })
  }

  return {
    ask() {
      asking.abort()
      asking = new AbortController()
      askAll(asking.signal).catch((error: unknown) => deps.unreadable(new Uint8Array(), error))
    },
    stop: () => asking.abort(),
  }
}
