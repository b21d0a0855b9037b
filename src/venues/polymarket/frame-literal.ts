/**
 * A text that always stands the same in a frame, compared eight bytes at a time. Most of a frame is such text.
 *
 * The bytes are read as doubles: no text of ASCII is the bits of a zero or of a NaN, so two are equal exactly when their bytes are.
 */
import { invariant } from '../../domain/invariant.ts'

const WORD = 8

/** Of 8 to 16 bytes. Small on purpose: the keys of an entry are compared where they are met, without a call. */
export class FrameLiteral {
  readonly length: number
  private readonly first: number
  /** The last eight bytes overlap the first eight. */
  private readonly last: number
  private readonly lastAt: number

  constructor(text: string) {
    const { view, length } = wordsOf(text, 2)
    this.length = length
    this.lastAt = length - WORD
    this.first = view.getFloat64(0, true)
    this.last = view.getFloat64(this.lastAt, true)
  }

  /** Throws a RangeError where the memory ends. */
  standsAt(view: DataView, at: number): boolean {
    return (
      view.getFloat64(at, true) === this.first &&
      view.getFloat64(at + this.lastAt, true) === this.last
    )
  }
}

/** Of 16 to 32 bytes. */
export class LongFrameLiteral {
  readonly length: number
  private readonly front: FrameLiteral
  private readonly back: FrameLiteral

  constructor(text: string) {
    this.length = wordsOf(text, 4).length
    this.front = new FrameLiteral(text.slice(0, 2 * WORD))
    this.back = new FrameLiteral(text.slice(-2 * WORD))
  }

  standsAt(view: DataView, at: number): boolean {
    return this.front.standsAt(view, at) && this.back.standsAt(view, at + this.length - 2 * WORD)
  }
}

function wordsOf(text: string, most: number): { view: DataView; length: number } {
  const { buffer, length } = new TextEncoder().encode(text)
  invariant(length >= WORD && length <= most * WORD, `no literal for ${length} bytes: ${text}`)
  return { view: new DataView(buffer), length }
}
