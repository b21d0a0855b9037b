/** Ids of the nth market of a crowd. */
export function marketOf(n) {
  const digits = String(n + 10)
  return {
    conditionId: `0x${'0'.repeat(62)}${digits}`,
    up: `7${'1'.repeat(73)}${digits}1`,
    down: `7${'1'.repeat(73)}${digits}2`,
  }
}
