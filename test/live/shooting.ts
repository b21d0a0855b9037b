/** Settings of a bot that shoots as often as it can: by the book alone, because who has just started knows no price yet. */

export const paramsOf = ({ maxAsk }: { readonly maxAsk: string }): string =>
  `params: { fireAt: 4, winner: book, maxAsk: ${maxAsk} }`

export const GATES_OFF =
  'gates: { lateJoinSec: off, bookWholeSec: off, strikeAtLeast: off, strikeConflictMax: off, printAgeMaxSec: off, printGapsMax: off, volatilityMax: off, feedDivergenceMax: off, bookDivergenceMax: off, impactSigmas: off }'
