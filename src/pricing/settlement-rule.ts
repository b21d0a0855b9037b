/**
 * What a window is settled on, read from the market itself: its source, its words and, where it has one, its settings. All that is said has to
 * agree. What cannot be read is unknown, with the reason, and an unknown rule is never traded: the rule has changed twice within eight days.
 */
import type { Asset } from '../domain/ids.ts'

/**
 * `twap`: the mean of the prints of the `lookbackSec` seconds that end `offsetSec` before the second in question. `candle`: the last trade against
 * the first. `spot`: the print of the second itself. Ties are Up in each of them.
 */
export type SettlementRule =
  | { readonly kind: 'twap'; readonly lookbackSec: number; readonly offsetSec: number }
  | { readonly kind: 'candle'; readonly source: 'binance'; readonly intervalSec: number }
  | { readonly kind: 'spot' }

export type RuleTexts = {
  readonly asset: Asset
  /** The length of the window. */
  readonly windowSec: number
  readonly resolutionSource: string | null
  readonly description: string | null
  readonly config: { readonly twapEnabled: boolean; readonly lookbackSeconds: number | null } | null
}

export type RuleReading =
  | { readonly rule: SettlementRule; readonly reason: null }
  | { readonly rule: null; readonly reason: string }

const AVERAGED =
  /^https:\/\/data\.chain\.link\/streams\/([a-z]+)-usd-twap-([1-9]\d{0,2})s-streams\/?$/
const PRINTED = /^https:\/\/data\.chain\.link\/streams\/([a-z]+)-usd\/?$/
const TRADED = /^https:\/\/www\.binance\.com\/en\/trade\/([A-Z]+)_USDT\/?$/
const LINK = /https?:\/\/\S+/g

const TIE_IS_UP =
  /\bup\b(?:(?!\bdown\b).)*?(?:greater than or equal to|at or above|higher than or equal to|>=|≥)/is
const AVERAGE = /\btwap\b|\baverage\b|time[- ]weighted/i
const SPANS =
  /(\d+)[\s-]*(s|secs?|seconds?|m|mins?|minutes?)[\s-]+(?:look-?back|(?:time[- ]weighted[\s-]+)?(?:average|twap)\b)/gi
const LOOKBACKS =
  /look-?back(?:\s+(?:window|period))?(?:\s+of)?\s+(\d+)[\s-]*(s|secs?|seconds?|m|mins?|minutes?)\b/gi
const CANDLES = /(\d+|one)[\s-]*(m|mins?|minutes?|h|hours?)\s+candle|"(\d+)([mh])"\s+candle/gi

/** The offset is measured, not published: nobody says which print is the last of an average. */
export function readSettlementRule(texts: RuleTexts, offsetSec = 0): RuleReading {
  const { resolutionSource: source, description, asset } = texts
  if (source === null) return unknown('the market names no resolution source')
  if (description === null) return unknown('the market has no description')
  const words = description.replaceAll(LINK, ' ')
  if (!TIE_IS_UP.test(words)) return unknown('the description does not say that a tie is Up')
  const averaged = AVERAGED.exec(source)
  const printed = PRINTED.exec(source)
  const traded = TRADED.exec(source)
  const named = (averaged ?? printed ?? traded)?.[1]?.toLowerCase()
  if (named === undefined) return unknown(`the resolution source ${source} is none of ours`)
  if (named !== asset)
    return unknown(`the resolution source is of ${named}, the market of ${asset}`)
  if (averaged !== null) return readAverage(texts, words, Number(averaged[2]), offsetSec)
  if (texts.config?.twapEnabled === true) {
    return unknown('the market says that it is averaged, its resolution source does not')
  }
  return traded === null ? readPrint(words) : readCandle(texts, words)
}

function readAverage(
  { config }: RuleTexts,
  words: string,
  lookbackSec: number,
  offsetSec: number,
): RuleReading {
  if (config !== null && !config.twapEnabled) {
    return unknown('the resolution source is an average, the market says that it is not averaged')
  }
  const configured = config?.lookbackSeconds ?? null
  if (config !== null && configured !== lookbackSec) {
    const said = configured === null ? 'no look-back' : `${configured} s`
    return unknown(`the resolution source averages ${lookbackSec} s, the market says ${said}`)
  }
  if (!AVERAGE.test(words)) return unknown('the description does not speak of an average')
  for (const said of [...secondsIn(words, SPANS), ...secondsIn(words, LOOKBACKS)]) {
    if (said === lookbackSec) continue
    return unknown(
      `the resolution source averages ${lookbackSec} s, the description says ${said} s`,
    )
  }
  return known({ kind: 'twap', lookbackSec, offsetSec })
}

function readPrint(words: string): RuleReading {
  if (AVERAGE.test(words)) {
    return unknown('the description speaks of an average, the resolution source is none')
  }
  if (/\bcandle\b/i.test(words)) {
    return unknown('the description speaks of a candle, the resolution source has none')
  }
  return known({ kind: 'spot' })
}

function readCandle({ asset, windowSec }: RuleTexts, words: string): RuleReading {
  if (!/\bcandle\b/i.test(words) || AVERAGE.test(words)) {
    return unknown('the resolution source is an exchange, the description speaks of no candle')
  }
  const pair = /\b([A-Z]{2,6})\/USDT\b/.exec(words)?.[1]?.toLowerCase()
  if (pair !== asset) return unknown(`the description names no candle of ${asset}/usdt`)
  for (const said of secondsIn(words, CANDLES)) {
    if (said === windowSec) continue
    return unknown(`the window lasts ${windowSec} s, its candle ${said} s`)
  }
  return known({ kind: 'candle', source: 'binance', intervalSec: windowSec })
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

function secondsIn(words: string, pattern: RegExp): number[] {
  return [...words.matchAll(pattern)].map((match) => {
    const [, count = match[3], unit = match[4]] = match
    const number = count?.toLowerCase() === 'one' ? 1 : Number(count)
    return number * (SECONDS[unit?.[0]?.toLowerCase() ?? ''] ?? Number.NaN)
  })
}

function known(rule: SettlementRule): RuleReading {
  return { rule, reason: null }
}

function unknown(reason: string): RuleReading {
  return { rule: null, reason }
}
