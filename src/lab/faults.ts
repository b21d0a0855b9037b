/**
 * What can be wrong with what is heard, while the world itself goes on as it does: windows, prices and books are those of the run without the fault.
 * A quiet third of the windows stays untouched where a fault comes by chance.
 */
import type { Asset } from '../domain/ids.ts'
import { createRandom } from '../sim/random.ts'

/** What happens to the settlement source's prints of a second. */
export type PrintFate = 'told' | 'missing' | 'carried_forward'

export type Fault = {
  readonly name: string
  readonly what: string
  print?(seed: number, asset: Asset, sec: number): PrintFate
  /** Whether the exchange says nothing in this second. */
  silent?(sec: number): boolean
  /** Microseconds that the relay is later than usual. */
  readonly lateMicros?: number
  /** The print of so many seconds ago is told once more, each second. */
  readonly repeatsSec?: number
  /** By how much the estimate of the venue's clock is wrong, and how good it is said to be. */
  readonly clock?: { readonly wrongMicros: number; readonly errorMicros: number }
}

const BOUNDARY_SEC = 300
const USUAL_CLOCK_ERROR = 20_000

/** Seconds until the end of a five-minute window, and which one it is. */
function place(sec: number): { readonly number: number; readonly left: number } {
  const number = Math.ceil(sec / BOUNDARY_SEC)
  return { number, left: number * BOUNDARY_SEC - sec }
}

/** At one end in three the seconds around it are missing, at another a span of the last minutes. */
function gaps(seed: number, asset: Asset, sec: number): PrintFate {
  const near = Math.round(sec / BOUNDARY_SEC)
  const { number, left } = place(sec)
  if (Math.abs(sec - near * BOUNDARY_SEC) <= 2 && drawOf(seed, asset, near).kind === 0)
    return 'missing'
  const { kind, from, length } = drawOf(seed, asset, number)
  return kind === 1 && left <= from && left > from - length ? 'missing' : 'told'
}

function drawOf(seed: number, asset: Asset, number: number) {
  const random = createRandom(seed, 'gap', asset, number)
  return { kind: random.below(3), from: 20 + random.below(70), length: 4 + random.below(56) }
}

export const NO_FAULT: Fault = { name: 'none', what: 'nothing is wrong' }

export const FAULTS = [
  NO_FAULT,
  {
    name: 'gaps',
    what: 'prints missing: around a start or end, or 4 to 60 s of the last minutes',
    print: gaps,
  },
  { name: 'late relay', what: 'every print 5 s later than usual', lateMicros: 5_000_000 },
  {
    name: 'old prints',
    what: 'the print of 30 s ago is told again, each second',
    repeatsSec: 30,
  },
  {
    name: 'carried forward',
    what: 'for 40 s before every second end the relay tells one old value under new stamps',
    print: (_seed: number, _asset: Asset, sec: number) => {
      const { number, left } = place(sec)
      return number % 2 === 0 && left <= 45 && left > 5 ? 'carried_forward' : 'told'
    },
  },
  {
    name: 'exchange silent',
    what: 'no trade of the exchange in the last 90 s',
    silent: (sec: number) => place(sec).left <= 90,
  },
  {
    name: 'all silent',
    what: 'neither prints nor trades in the last 45 s of every second window',
    print: (_seed: number, _asset: Asset, sec: number) =>
      place(sec).number % 2 === 0 && place(sec).left <= 45 ? 'missing' : 'told',
    silent: (sec: number) => place(sec).number % 2 === 0 && place(sec).left <= 45,
  },
  {
    name: 'clock ahead',
    what: "the venue's clock is 1.5 s behind what is believed of it",
    clock: { wrongMicros: 1_500_000, errorMicros: USUAL_CLOCK_ERROR },
  },
  {
    name: 'clock behind',
    what: "the venue's clock is 1.5 s ahead of what is believed of it",
    clock: { wrongMicros: -1_500_000, errorMicros: USUAL_CLOCK_ERROR },
  },
  {
    name: 'clock unsure',
    what: "the venue's clock is known to 0.4 s only",
    clock: { wrongMicros: 0, errorMicros: 400_000 },
  },
] as const satisfies readonly Fault[]

export function clockOf(fault: Fault): NonNullable<Fault['clock']> {
  return fault.clock ?? { wrongMicros: 0, errorMicros: USUAL_CLOCK_ERROR }
}
