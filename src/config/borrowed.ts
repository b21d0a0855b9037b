/**
 * Variables that others obey as well, or that belong to one strategy: they count where they can mean something here, and are told where they cannot. Of one layer a
 * setting's own variable goes before them.
 */
import { paramsOf, strategiesNamed } from './params.ts'
import { ConfigSchema, LOG_LEVELS } from './schema.ts'
import type { VariableLayer } from './source-variables.ts'
import type { Written } from './values.ts'

type Borrowed = {
  readonly name: string
  /** The setting, or the parameter of a strategy as `params.<name>`. */
  readonly path: string
  /** What is meant by the text; null where that is nothing of ours. */
  read(text: string): string | null
}

export const BORROWED: readonly Borrowed[] = [
  { name: 'TRIGGER_SECONDS', path: 'params.fireAt', read: (text) => text },
  { name: 'RUST_LOG', path: 'log.level', read: generalLevel },
]

export function borrowed(
  layers: readonly VariableLayer[],
  own: readonly Written[],
): { readonly written: readonly Written[]; readonly notes: readonly string[] } {
  const written: Written[] = []
  const notes: string[] = []
  const strategy = String(
    own.find(({ path }) => path === 'strategy')?.raw ??
      ConfigSchema.shape.strategy.parse(undefined),
  )
  for (const { values, origin } of layers)
    for (const { name, path, read } of BORROWED) {
      const text = values[name]?.trim() ?? ''
      if (text === '') continue
      const raw = read(text)
      if (raw === null)
        notes.push(`${name} is set but not obeyed: it names no level of all modules`)
      else if (!canTake(strategy, path))
        notes.push(`${name} is set but not obeyed: ${strategy} has no ${path}`)
      else written.push({ path, raw, origin: origin(name) })
    }
  return { written, notes }
}

/** `info,net=warn` says info; `net=warn` says nothing to us. */
function generalLevel(text: string): string | null {
  const said = text.split(',').map((one) => one.trim().toLowerCase())
  return said.find((one) => LOG_LEVELS.some((level) => level === one)) ?? null
}

function canTake(strategy: string, path: string): boolean {
  if (!path.startsWith('params.')) return true
  // One that is not known is refused elsewhere, by its own name.
  const known = strategiesNamed(strategy) ?? []
  return known.flatMap(paramsOf).some((param) => `params.${param.name}` === path)
}
