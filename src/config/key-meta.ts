/** What is known of a setting beside its schema. */
import { z } from 'zod'

/** What the schema itself cannot hold: how a setting is named outside the file. */
export type KeyMeta = {
  readonly env?: readonly string[]
  readonly flag?: string
  /** The range in words, where the JSON schema cannot say it. */
  readonly range?: string
  /** A decimal text; a file may also write it as a plain number. */
  readonly decimal?: boolean
  /** Other words for a choice. */
  readonly aliases?: Readonly<Record<string, string>>
}

export const KEY_META = z.registry<KeyMeta>()
