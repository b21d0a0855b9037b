/** The tokens a scanner knows, found again in the bytes of a frame. All their digits are compared, eight at a time. */

const QUOTE = 0x22
const ZERO = 0x30
const NINE = 0x39
const WORD = 8
/** Numbers of 256 bits have 78 digits at most, and all real ones have more than sixty. */
const DIGITS_MIN = 60
const DIGITS_MAX = 80

export const UNKNOWN_TOKEN = -1
export const NO_TOKEN = -2

type KnownToken = { readonly length: number; readonly words: Float64Array; readonly last: number }

export class KnownTokens {
  /** Where the token that was met last ended: behind its closing quote. */
  end = 0
  private readonly tokens: KnownToken[] = []

  /** Its index. A text shorter than a word is never met here: the schema knows it. */
  add(text: string): number {
    const bytes = new TextEncoder().encode(text)
    const { length } = bytes
    const view = new DataView(bytes.buffer)
    const words = new Float64Array(Math.floor(length / WORD))
    for (let at = 0; at < words.length; at += 1) words[at] = view.getFloat64(at * WORD, true)
    const last = length < WORD ? 0 : view.getFloat64(length - WORD, true)
    this.tokens.push({ length, words, last })
    return this.tokens.length - 1
  }

  /** The index of the token at this place, UNKNOWN_TOKEN for a stranger, NO_TOKEN where there is none. */
  at(bytes: Uint8Array, view: DataView, from: number): number {
    const { tokens } = this
    for (let index = 0; index < tokens.length; index += 1) {
      const { length, words, last } = tokens[index] as KnownToken
      if (length < WORD || bytes[from + length] !== QUOTE) continue
      if (view.getFloat64(from + length - WORD, true) !== last) continue
      let at = from
      let word = 0
      while (word < words.length && view.getFloat64(at, true) === words[word]) {
        word += 1
        at += WORD
      }
      if (word < words.length) continue
      this.end = from + length + 1
      return index
    }
    return this.stranger(bytes, from)
  }

  private stranger(bytes: Uint8Array, from: number): number {
    let at = from
    const stop = from + DIGITS_MAX
    while (at < stop && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1
    if (bytes[at] !== QUOTE || at - from < DIGITS_MIN) return NO_TOKEN
    this.end = at + 1
    return UNKNOWN_TOKEN
  }
}
