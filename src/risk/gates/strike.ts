/** Whether the price to beat is known well enough, and whether those who tell it agree. */
import { check, offCheck, refusal } from './check.ts'
import type { WorldGate } from './gate.ts'
import { STRIKE_LEVELS, type StrikeLevel } from './settings.ts'

const NAME = 'STRIKE'
const OFF = offCheck(NAME)

const RANK: Readonly<Record<StrikeLevel, number>> = {
  exact: STRIKE_LEVELS.indexOf('exact'),
  checked: STRIKE_LEVELS.indexOf('checked'),
  estimated: STRIKE_LEVELS.indexOf('estimated'),
  approximate: STRIKE_LEVELS.indexOf('approximate'),
}

/** Without a limit of its own, "two sources agree" means this share of the price. */
const AGREE_SHARE = 0.000_2

export const strike: WorldGate = {
  name: NAME,
  asks: "the strike is at least so certain, its sources do not contradict each other, and it is no mean of prints with a gap over the window's first second",
  settings: ['gates.strikeAtLeast', 'gates.strikeConflictMax'],
  always: null,
  judge({ gates: { strikeAtLeast, strikeConflictMax }, truth }) {
    if (strikeAtLeast === null && strikeConflictMax === null) return OFF
    const known = truth.strike
    if (known === null) return refusal(NAME, 'the strike is not known')
    const { conflictShare: conflict } = known
    const room =
      conflict === null || strikeConflictMax === null ? null : strikeConflictMax - conflict
    if (room !== null && room < 0)
      return check(NAME, false, room, 'of the price', '', 'the sources of the strike disagree')
    if (strikeAtLeast === null)
      return check(NAME, true, room, 'of the price', 'the sources of the strike agree', '')
    if (known.certainty === 'disputed') return refusal(NAME, 'somebody says another strike')
    if (known.boundaryGap && RANK[strikeAtLeast] < RANK.approximate)
      return refusal(NAME, 'prints are missing over the first second of the window')
    const isChecked = conflict !== null && conflict <= (strikeConflictMax ?? AGREE_SHARE)
    const level = known.certainty === 'estimated' && isChecked ? 'checked' : known.certainty
    return check(
      NAME,
      RANK[level] <= RANK[strikeAtLeast],
      room,
      'of the price',
      'the strike is certain enough',
      'the strike is not certain enough',
    )
  },
}
