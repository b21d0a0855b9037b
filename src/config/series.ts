/** Which windows: the assets and lengths crossed, or the pairs of a list. Whoever said it more strongly is right, and both at once is a contradiction. */
import { ASSETS, INTERVALS, type SeriesName } from '../domain/ids.ts'
import { UserError } from '../domain/user-error.ts'
import { type Origin, originText, strengthOf } from './origin.ts'
import type { Config } from './schema.ts'

type Origins = Map<string, Origin>
type Settled = { readonly config: Config; readonly notes: readonly string[] }

const CROSSED = ['assets', 'intervals'] as const

/** Where the list of pairs holds, assets and intervals say what is in it, for those that only need one of them. */
export function settleSeries(config: Config, origins: Origins): Settled {
  const watched = originOf(origins, 'watch')
  if (config.watch.length === 0) return withTrade(config, origins, [], null)
  const [stronger] = CROSSED.filter(
    (name) => strengthOf(originOf(origins, name)) >= strengthOf(watched),
  )
  if (stronger === undefined) return withTrade(listed(config, origins), origins, [], null)
  const other = originOf(origins, stronger)
  if (strengthOf(other) === strengthOf(watched))
    throw new UserError(
      'config',
      `watch (${originText(watched)}) and ${stronger} (${originText(other)}) both say which windows; set one of them`,
    )
  const note = `watch (${originText(watched)}) is not used: ${stronger} is set ${originText(other)}`
  origins.set('watch', { kind: 'default' })
  return withTrade({ ...config, watch: [] }, origins, [note], other)
}

/** Those that are watched. */
export function seriesNames({ watch, assets, intervals }: Config): readonly SeriesName[] {
  if (watch.length > 0) return watch
  return assets.flatMap((asset) => intervals.map((interval): SeriesName => `${asset}:${interval}`))
}

/** Those that may get orders; null: all of them. */
export function tradedNames(config: Config): ReadonlySet<SeriesName> | null {
  if (!config.tradeEnabled) return new Set()
  return config.trade.length === 0 ? null : new Set(config.trade)
}

function listed(config: Config, origins: Origins): Config {
  const origin = originOf(origins, 'watch')
  for (const name of CROSSED) origins.set(name, origin)
  return {
    ...config,
    assets: ASSETS.filter((asset) => config.watch.some((name) => name.startsWith(`${asset}:`))),
    intervals: INTERVALS.filter((one) => config.watch.some((name) => name.endsWith(`:${one}`))),
  }
}

/** A list of what is traded that is weaker than the word that replaced its watch list goes with it. */
function withTrade(
  config: Config,
  origins: Origins,
  notes: readonly string[],
  replacedBy: Origin | null,
): Settled {
  const origin = originOf(origins, 'trade')
  if (replacedBy !== null && strengthOf(origin) < strengthOf(replacedBy)) {
    if (config.trade.length === 0) return { config, notes }
    origins.set('trade', { kind: 'default' })
    const note = `trade (${originText(origin)}) is not used, as watch is not`
    return { config: { ...config, trade: [] }, notes: [...notes, note] }
  }
  const watched = seriesNames(config)
  const stray = config.trade.find((name) => !watched.includes(name))
  if (stray !== undefined)
    throw new UserError(
      'config',
      `trade names ${stray} (${originText(origin)}), which is not watched; watched: ${watched.join(', ')}`,
    )
  return { config, notes }
}

function originOf(origins: Origins, path: string): Origin {
  return origins.get(path) ?? { kind: 'default' }
}
