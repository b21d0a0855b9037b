/** What Binance calls the assets and the lengths of candles. */
import { ASSETS, type Asset } from '../../domain/ids.ts'

export const CANDLE_SECONDS: Readonly<Record<string, number>> = {
  '1s': 1,
  '1m': 60,
  '3m': 180,
  '5m': 300,
  '15m': 900,
  '30m': 1_800,
  '1h': 3_600,
  '4h': 14_400,
}

export function assetOfSymbol(symbol: string | null): Asset | null {
  return ASSETS.find((asset) => symbol === symbolOf(asset)) ?? null
}

export function symbolOf(asset: Asset): string {
  return `${asset.toUpperCase()}USDT`
}

export const RESTRICTED = {
  code: 0,
  msg: "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms. Please contact customer service if you believe you received this message in error.",
} as const
