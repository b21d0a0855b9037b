/** What differs between a venue as it is and one that shows a newcomer everything within minutes. */
import { LINGERING_SURVIVAL, MEASURED_SURVIVAL, type SurvivalCurve } from '../sim/ask-survival.ts'
import type { Random } from '../sim/random.ts'

export const PROFILES = ['faithful', 'demo'] as const
export type ProfileName = (typeof PROFILES)[number]

export type Profile = {
  readonly name: ProfileName
  /** Null: every interval has its real length. */
  readonly windowSec: number | null
  readonly firstCloseSec: number
  /** How long after its end a window is resolved. */
  resolutionDelayMs(random: Random): number
  readonly survival: SurvivalCurve
  readonly tickFlipChance: number
  readonly favouriteAskMinShares: number
  readonly discountMax: number
  /** The share of windows whose price is drawn back to the strike. */
  readonly closeCallShare: number
  readonly notes: readonly string[]
}

const DEMO_RESOLUTION_MS = 5_000
const TAIL_CHANCE = 0.05

const FAITHFUL: Profile = {
  name: 'faithful',
  windowSec: null,
  firstCloseSec: 45,
  // 15 to 120 s, most of them within a minute; one in twenty takes up to five minutes.
  resolutionDelayMs: (random) => {
    const usual = Math.min(15 + random.logNormal(25, 0.7), 120)
    const tail = random.between(120, 316)
    return Math.round((random.chance(TAIL_CHANCE) ? tail : usual) * 1000)
  },
  survival: MEASURED_SURVIVAL,
  // 210 of 292 finished windows of one day ended with the fine tick.
  tickFlipChance: 0.72,
  favouriteAskMinShares: 0,
  discountMax: 400,
  closeCallShare: 0.4,
  notes: [
    'Windows are listed a few ahead; the real venue lists them about a day ahead.',
    'Prices, people and settlements are made up from the seed; the rules and formats are the real ones.',
  ],
}

const DEMO: Profile = {
  ...FAITHFUL,
  name: 'demo',
  windowSec: 90,
  resolutionDelayMs: () => DEMO_RESOLUTION_MS,
  survival: LINGERING_SURVIVAL,
  tickFlipChance: 0.3,
  favouriteAskMinShares: 25,
  discountMax: 800,
  notes: [
    ...FAITHFUL.notes,
    'Windows are resolved 5 s after their end; the real venue takes 15 to 120 s and sometimes minutes.',
    'A matched trade is confirmed after 3 s; the real venue takes a quarter of a minute and sometimes much longer.',
    'The favourite keeps an ask of at least 25 shares at 0.99 or less until the last second in about half of the windows; on the real venue it was 15 of 203.',
  ],
}

export function profileOf(name: ProfileName): Profile {
  return name === 'demo' ? DEMO : FAITHFUL
}

export function shortenedNotes(windowSec: number): readonly string[] {
  return [
    `Every window lasts ${windowSec} s, whatever its name says; the real ones last 5 and 15 minutes, 1 and 4 hours.`,
    'Slugs of 1h windows carry the start second at their end, because several fall into one hour.',
  ]
}
