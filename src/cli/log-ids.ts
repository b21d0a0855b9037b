/** The ids that finder.log has names for. It is read when the first id is asked for, and again when it has grown since. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { KnownIds } from './log-lines.ts'

export function idsFrom(file: string): KnownIds {
  const windows = new Map<string, string>()
  const sides = new Map<string, string>()
  let readSize = -1

  function learn(line: string): void {
    let data: Readonly<Record<string, unknown>>
    try {
      data = JSON.parse(line) as Readonly<Record<string, unknown>>
    } catch {
      return
    }
    const id = data['conditionId'] ?? data['condition_id']
    const slug = data['slug'] ?? data['ticker']
    if (typeof id === 'string' && typeof slug === 'string') windows.set(id, slug)
    for (const [key, side] of [
      ['token_id_yes', 'YES'],
      ['token_id_no', 'NO'],
    ] as const) {
      if (typeof data[key] === 'string') sides.set(data[key], side)
    }
  }

  function known(names: ReadonlyMap<string, string>, id: string): string | null {
    if (!names.has(id) && existsSync(file)) {
      const { size } = statSync(file)
      if (size !== readSize) for (const line of readFileSync(file, 'utf8').split('\n')) learn(line)
      readSize = size
    }
    return names.get(id) ?? null
  }

  return { windowOf: (id) => known(windows, id), sideOf: (token) => known(sides, token) }
}
