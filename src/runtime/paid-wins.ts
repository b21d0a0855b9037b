/** Which wins were paid out, told by nothing but the money that came in. */

/** More wins than this wait for their money only when something is wrong; then the oldest are looked at. */
const WINS_MAX = 16

/** The wins that make exactly this amount, the oldest first where there is a choice; null when none do. */
export function winsThatMake<Win extends { readonly payout: number }>(
  amount: number,
  wins: readonly Win[],
): readonly Win[] | null {
  return amount > 0 ? among(amount, wins.slice(0, WINS_MAX)) : null
}

function among<Win extends { readonly payout: number }>(
  amount: number,
  wins: readonly Win[],
): readonly Win[] | null {
  if (amount === 0) return []
  const [first, ...rest] = wins
  if (first === undefined || amount < 0) return null
  const others = among(amount - first.payout, rest)
  return others === null ? among(amount, rest) : [first, ...others]
}
