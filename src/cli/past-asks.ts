/** What this venue's ledgers know of asks near the close, of dry and of live runs alike, as the engine learns it. */
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { AskWindow, PastWindow } from '../domain/asks.ts'
import type { WantedAsks } from '../domain/strategy.ts'
import { pastWindows } from '../ledger/past-windows.ts'
import { askWindow } from '../pricing/ask-window.ts'
import { WINDOWS_KEPT } from '../pricing/fillability.ts'
import { seriesOf } from './bot-setup.ts'

export function pastOf(config: Config): PastWindow[] {
  const paths = ['dry', 'live'].map((mode) => join(config.dataDir, config.venue, mode, 'ledger.db'))
  return pastWindows(paths, seriesOf(config), WINDOWS_KEPT)
}

export function pastAsks(
  config: Config,
  wanted: Pick<WantedAsks, 'shares' | 'sideBy'> | null,
): AskWindow[] {
  if (wanted === null) return []
  return pastOf(config).flatMap((past) => askWindow(past, wanted) ?? [])
}
