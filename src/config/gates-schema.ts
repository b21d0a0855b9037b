/**
 * The settings of the gates between wanting and sending. Each is one condition with its threshold, or `off`; docs/gates.md shows them in the order in which they are
 * asked. The defaults stop what no shot should come of, and leave an ordinary market alone.
 */
import { z } from 'zod'
import { KEY_META } from './key-meta.ts'

/** A whole number, or off. */
function whole(least: number, most: number, initial: number | 'off', meaning: string) {
  return z
    .union([z.literal('off'), z.int().min(least).max(most)])
    .default(initial)
    .describe(meaning)
}

/** A number with decimals, or off. */
function decimal(least: number, most: number, initial: number | 'off', meaning: string) {
  return z
    .union([z.literal('off'), z.number().min(least).max(most)])
    .default(initial)
    .describe(meaning)
    .register(KEY_META, { range: `off or a number, ${least} to ${most}` })
}

/** A number with decimals, off, or as the strategy itself says. */
function followed(least: number, most: number, meaning: string) {
  return z
    .union([z.enum(['strategy', 'off']), z.number().min(least).max(most)])
    .default('strategy')
    .describe(`${meaning}; strategy: as the strategy says of itself`)
    .register(KEY_META, { range: `strategy, off or a number, ${least} to ${most}` })
}

export const gates = z.strictObject({
  rule: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'No order where the rule that settles the window is not understood, or where the window was listed again on other terms: rules have changed overnight',
    ),
  lateJoinSec: decimal(
    0.1,
    3600,
    5,
    'No order in a window whose listeners were opened with fewer seconds left than this: little was seen of it',
  ),
  zoneFromSec: followed(
    0.1,
    14_400,
    'No order earlier than this many seconds before the close: much can still happen',
  ),
  zoneToSec: followed(
    0,
    14_400,
    'No order later than this many seconds before the close; the deadline of each order holds besides',
  ),
  bookWholeSec: decimal(
    0.1,
    600,
    1,
    'No order before both books have been whole for this many seconds without a loss, a doubt or a new tick size: the first snapshots after a loss may miss changes',
  ),
  badBookGap: decimal(
    0.01,
    1,
    0.2,
    'No order where the two asks, or the two bids, are together further than this many dollars from one dollar, and never where a book is empty, is dust, or gives money away',
  ),
  impactSec: z
    .int()
    .min(1)
    .max(15)
    .default(3)
    .describe('Seconds over which gates.impactSigmas and gates.impactBook look for a burst'),
  impactBook: decimal(
    0.01,
    1,
    0.4,
    'No order where the middle of a book moved by more than this many dollars within gates.impactSec: somebody knows more',
  ),
  strikeAtLeast: z
    .enum(['off', 'exact', 'checked', 'estimated', 'approximate'])
    .default('estimated')
    .describe(
      "How certain the price to beat has to be; exact: the number the venue compares with; checked: a mean of our own prints that the venue's site confirms; estimated: one of the two alone; approximate: an exchange's price, too",
    ),
  strikeConflictMax: decimal(
    0.000_001,
    0.1,
    0.000_5,
    "No order where the venue's site tells a strike that is further from ours than this share of the price: one of them is wrong",
  ),
  printAgeMaxSec: whole(
    1,
    300,
    10,
    'No order while the newest print of the source that settles is older than this, by its own stamp: it is late, lost, or says old prints again',
  ),
  printRepeatsMax: whole(
    1,
    300,
    10,
    'No order where that source has said the same price for more seconds in a row than this: it stands still',
  ),
  volatilityMin: decimal(
    0,
    0.1,
    'off',
    'No order while the usual move of one second is a smaller share of the price than this; with this or the next setting on, none either while it is zero or unknown',
  ),
  volatilityMax: decimal(
    0.000_001,
    0.1,
    0.001,
    'No order while the usual move of one second is a larger share of the price than this: nobody can tell the chance of a winner then',
  ),
  printGapsMax: whole(
    0,
    300,
    6,
    'No order where more of the prints that decide than this are missing between known ones',
  ),
  feedDivergenceMax: decimal(
    0.000_01,
    0.1,
    0.002,
    "No order while the exchange's newest price, moved by the known basis, is further from the newest print than this share of the price, or there is none to compare",
  ),
  impactSigmas: decimal(
    1,
    1000,
    8,
    "No order where the asset's price moved within gates.impactSec by more than so many usual moves of that time: what was known does not hold",
  ),
  bookDivergenceMax: decimal(
    0.01,
    1,
    0.3,
    'No order where the middle of the wanted side is further from its chance than this many dollars: the market knows what we do not',
  ),
  spreadMaxTicks: whole(
    1,
    10_000,
    'off',
    "No order where bid and ask of the wanted side are further apart than so many of the market's ticks, or one of them is gone",
  ),
  liquidityMinShares: decimal(
    0.01,
    1_000_000,
    5,
    "No order where fewer shares than this are for sale at the order's limit or less: anybody's order takes them",
  ),
  priceMin: followed(
    0.0001,
    0.9999,
    'No order with a lower limit than this, in dollars: below one half the market names the other side',
  ),
  priceMax: followed(
    0.0001,
    0.9999,
    'No order with a higher limit than this, in dollars, whatever the strategy wants: one loss eats a thousand wins',
  ),
})
