/** Aligned columns: text to the left, numbers to the right. */

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
