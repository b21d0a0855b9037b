/** The order book service's public reads. */
import { z } from 'zod'
import type { ConditionId, TokenId } from '../../domain/ids.ts'
import type { Micros } from '../../domain/units.ts'
import { type GetOptions, type Http, type HttpAnswer, isNotFound } from '../../net/http.ts'
import type { Endpoints } from './endpoints.ts'

/** Flags that are false are left out of the answer, so a missing hold is "no hold", not "unknown". */
const marketSchema = z
  .object({
    c: z.string().nullish(),
    t: z.array(z.object({ t: z.string(), o: z.string().nullish() }).nullable()),
    mts: z.union([z.number(), z.string()]).nullish(),
    mos: z.union([z.number(), z.string()]).nullish(),
    fd: z
      .object({ r: z.union([z.number(), z.string()]).nullish(), e: z.number().nullish() })
      .nullish(),
    itode: z.boolean().nullish(),
  })
  .transform((wire) => ({
    tokens: wire.t.flatMap((token) => (token === null || token.t === '' ? [] : [token.t])),
    tickSize: wire.mts ?? null,
    minShares: wire.mos ?? null,
    fee: wire.fd == null ? null : { rate: wire.fd.r ?? null, exponent: wire.fd.e ?? null },
    takerHold: wire.itode ?? false,
  }))

export type ClobMarket = z.output<typeof marketSchema>

export type ClobTime = {
  /** Whole seconds of the venue's clock. */
  readonly serverSec: number
  readonly date: string | null
  readonly sentAt: Micros
  readonly recvAt: Micros
}

export type ClobReads = {
  /** The book of one token as it came; whoever keeps books reads it. */
  fetchBookJson(token: TokenId, options?: GetOptions): Promise<unknown>
  /** Null when the venue knows no such market, or not yet. */
  fetchClobMarket(condition: ConditionId, options?: GetOptions): Promise<ClobMarket | null>
  fetchTime(options?: GetOptions): Promise<ClobTime>
}

export type ClobDeps = { readonly http: Http; readonly endpoints: Pick<Endpoints, 'clob'> }

/** A book that comes late is no better than the next frame of the socket. */
const BOOK_RETRIES = 1

export function createClobReads({ http, endpoints: { clob } }: ClobDeps): ClobReads {
  return {
    async fetchBookJson(token, options) {
      const url = `${clob}/book?token_id=${encodeURIComponent(token)}`
      return (await http.getJson(url, { retries: BOOK_RETRIES, ...options })).json
    },

    async fetchClobMarket(condition, options) {
      let answer: HttpAnswer
      try {
        answer = await http.getJson(
          `${clob}/clob-markets/${encodeURIComponent(condition)}`,
          options,
        )
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
      const parsed = marketSchema.safeParse(answer.json)
      if (parsed.success) return parsed.data
      const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole')
      throw new Error(`the order book's market ${condition} cannot be read: ${fields.join(', ')}`)
    },

    async fetchTime(options) {
      const { json, date, sentAt, recvAt } = await http.getJson(`${clob}/time`, options)
      const seconds = z.coerce.number().int().positive().safeParse(json)
      if (!seconds.success) {
        throw new Error(`the venue's clock is not a number of seconds: ${JSON.stringify(json)}`)
      }
      return { serverSec: seconds.data, date, sentAt, recvAt }
    },
  }
}
