/** Numbers with units as a person reads them. The exact ones are in the ledger and in --json. */
import { formatDecimal, formatMicro, type MicroShares, type MicroUsdc } from '../domain/units.ts'

const CENT_MICRO = 10_000

/** Every digit there is, two after the point at least: 4.80, 0.01344. */
export function exactDollars(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}

export function dollars(micro: MicroUsdc | number): string {
  return `${exactDollars(formatMicro(micro as MicroUsdc))} USD`
}

/** To the cent, for room that nobody counts in millionths. */
function roundDollars(micro: number): string {
  return `${exactDollars(formatDecimal(Math.trunc(micro / CENT_MICRO), 2))} USD`
}

/** To a hundredth of a share. */
export function shares(micro: number): string {
  const text = formatDecimal(Math.trunc(micro / CENT_MICRO), 2)
  return `${text} ${text === '1' ? 'share' : 'shares'}`
}

export function duration(micros: number): string {
  const ms = micros / 1_000
  return Math.abs(ms) < 10_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** The price of an asset: sources tell up to 18 decimals, of which the first few mean something. */
export function assetPrice(text: string): string {
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  const places = value >= 1_000 ? 2 : value >= 1 ? 4 : 6
  const kept = text.split('.')[1]?.length ?? 0
  return value.toFixed(Math.min(places, kept))
}

/** The room a check had, from the unit that the gate counts in. */
export function margin(amount: number | null, unit: string): string {
  if (amount === null) return '-'
  switch (unit) {
    case 'ticks':
      return `${formatDecimal(amount, 4)} USD`
    case 'micros':
      return duration(amount)
    case 'micro-shares':
      return shares(amount)
    case 'micro-dollars':
      return roundDollars(amount)
    case 'millionths':
      return formatMicro(amount as MicroShares)
    case 'orders':
      return `${amount} ${amount === 1 ? 'order' : 'orders'}`
    case 'of the price':
      return `${(amount * 100).toFixed(4)} % of the price`
    case 'usual moves':
      return `${amount.toFixed(1)} usual moves`
    default: {
      const short = String(Number(amount.toFixed(4)))
      return unit === '' ? short : `${short} ${unit}`
    }
  }
}
