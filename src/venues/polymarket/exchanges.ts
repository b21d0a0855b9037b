/** By the version of the market: the contract that its orders are signed for, and the version of that contract's domain. */
export const EXCHANGES = {
  v1: { version: '2', verifyingContract: '0xE111180000d2663C0091e4f400237545B87B996B' },
  v2: { version: '3', verifyingContract: '0xe3333700cA9d93003F00f0F71f8515005F6c00Aa' },
} as const
