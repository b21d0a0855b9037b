/** Decimals as text, exact to their last digit: what sources of prices say before anybody computes with it. */

const PLAIN = /^\d{1,20}(\.\d{1,24})?$/

/** A number above zero without sign and exponent. */
export function isPositiveDecimal(text: string): boolean {
  return PLAIN.test(text) && /[1-9]/.test(text)
}

/** A whole number of 10^-places as a decimal without needless zeros; null when it is not a whole number. */
export function scaledDecimal(whole: string, places: number): string | null {
  if (!/^\d+$/.test(whole)) return null
  const digits = whole.padStart(places + 1, '0')
  const front = digits.slice(0, -places).replace(/^0+(?=\d)/, '')
  const tail = digits.slice(-places).replace(/0+$/, '')
  return tail === '' ? front : `${front}.${tail}`
}

/** The same number without needless zeros behind its point. */
export function trimmedDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
