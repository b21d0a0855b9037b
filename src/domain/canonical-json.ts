/** One text for one value: keys in order, no blanks, so that the same data have the same hash wherever they are written. */

export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return JSON.stringify(value)
  // As everywhere in JSON, a number without a text is null.
  if (typeof value === 'number') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no text in JSON`)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    // By code units, whatever the language of the machine.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`)
  return `{${fields.join(',')}}`
}
