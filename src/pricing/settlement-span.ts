/** Which prints a rule averages for the second at which a window begins or ends: all rules are means, some of a single print. */
import type { SettlementRule } from './settlement-rule.ts'
import type { Span } from './span-estimate.ts'

export function spanOf(rule: SettlementRule, sec: number): Span {
  switch (rule.kind) {
    case 'twap': {
      const toSec = sec - rule.offsetSec
      return { fromSec: toSec - rule.lookbackSec, toSec }
    }
    case 'spot':
      return { fromSec: sec, toSec: sec + 1 }
    case 'candle':
      return { fromSec: sec - 1, toSec: sec }
  }
}
