/** What was measured of the crowd near the close: 203 windows of BTC 5m in July 2026, settled by the latest price then. The favourite is the book's. */

export type Counted = { readonly value: number; readonly error: number }

export type MeasuredRow = {
  readonly secondsLeft: number
  /** Of the windows, those in which the favourite still had an ask. */
  readonly share: Counted
  readonly meanAsk: Counted | null
  /** Dollars a share of taking the first ask, fee paid, without a hold. */
  readonly net: Counted
}

const WINDOWS = 203
/** "About two cents", told of all seconds together; there were 95 to 148 asks in all but the last one. */
const NET_ERROR = 0.02
/** Not told. Asks at T-10 are some 12 cents apart in every made crowd, and there were 95. */
const ASK_ERROR = 0.012

export const MEASURED: readonly MeasuredRow[] = [
  row(40, 148, -0.026, null),
  row(25, 128, 0.047, null),
  row(10, 95, 0.066, { value: 0.898, error: ASK_ERROR }),
  // Fifteen asks tell less than 95 by the root of their number.
  row(1, 15, -0.005, null, NET_ERROR * Math.sqrt(95 / 15)),
]

function row(
  secondsLeft: number,
  asks: number,
  net: number,
  meanAsk: Counted | null,
  netError = NET_ERROR,
): MeasuredRow {
  const share = asks / WINDOWS
  const error = Math.sqrt((share * (1 - share)) / WINDOWS)
  return {
    secondsLeft,
    share: { value: share, error },
    meanAsk,
    net: { value: net, error: netError },
  }
}
