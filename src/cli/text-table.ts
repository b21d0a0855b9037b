/** What fits a screen: aligned columns, text to the left and numbers to the right, and ids cut short. */

export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  const numeric = head.map(
    (_, at) => rows.length > 0 && rows.every((row) => /^(-?[\d.]+ ?%?|-|)$/.test(row[at] ?? '')),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) =>
        numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line)].join('\n')
}

/** Enough to recognise an id by; nobody compares 77 digits. */
export function shortened(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 5)}…${id.slice(-4)}`
}
