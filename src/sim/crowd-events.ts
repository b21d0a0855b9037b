/** What a crowd does to the book of its window. */
import type { BookSide } from '../domain/ids.ts'

/** Prices and sides are those of the Up book; `onDown` says that the order was placed on the Down token, mirrored. */
export type CrowdEvent =
  | {
      readonly kind: 'level'
      readonly atMs: number
      readonly side: BookSide
      readonly price: number
      readonly size: number
      readonly onDown: boolean
    }
  | {
      readonly kind: 'match'
      readonly atMs: number
      /** The side that rested. */
      readonly side: BookSide
      readonly price: number
      /** What is left of the level. */
      readonly size: number
      readonly matched: number
      readonly onDown: boolean
      readonly takerOnDown: boolean
      /** The print follows the match by this. */
      readonly printAfterMs: number
    }
  | { readonly kind: 'tick'; readonly atMs: number; readonly tick: number }
