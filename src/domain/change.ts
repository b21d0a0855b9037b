/** A setting that a person changed while the bot ran: its name and its values as the configuration writes them. */
export type Change = { readonly key: string; readonly from: string; readonly to: string }

export function changesText(changes: readonly Change[]): string {
  return changes.map(({ key, from, to }) => `${key} ${from} -> ${to}`).join(', ')
}
