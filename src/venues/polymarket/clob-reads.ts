/** The CLOB's public reads that the bot needs. Shapes that only one caller knows stay with that caller. */
import { z } from 'zod'
import type { ConditionId, TokenId } from '../../domain/ids.ts'
import { type Http, HttpStatusError, type JsonAnswer } from '../../net/http.ts'
import type { Endpoints } from './endpoints.ts'

/** Keys as short as the venue sends them; booleans are left out when false. */
const clobMarket = z.object({
  t: z.array(z.object({ t: z.string(), o: z.string() })),
  mts: z.number().optional(),
  mos: z.number().optional(),
  fd: z.object({ r: z.number(), e: z.number(), to: z.boolean().optional() }).nullish(),
  itode: z.boolean().optional(),
})

export type ClobMarket = z.infer<typeof clobMarket>

export type ClobReads = {
  fetchBookJson(token: TokenId): Promise<unknown>
  /** Null when the CLOB does not know the market (yet). */
  fetchMarket(conditionId: ConditionId, signal?: AbortSignal): Promise<ClobMarket | null>
  /** The server's time in whole seconds. One attempt: an old answer would say nothing. */
  fetchTime(): Promise<JsonAnswer & { readonly seconds: number }>
}

export function createClobReads({
  http,
  endpoints,
}: {
  http: Http
  endpoints: Endpoints
}): ClobReads {
  return {
    async fetchBookJson(token) {
      const answer = await http.getJson(`${endpoints.clob}/book?token_id=${token}`, { attempts: 2 })
      return answer.json
    },
    async fetchMarket(conditionId, signal) {
      try {
        const options = signal === undefined ? {} : { signal }
        const answer = await http.getJson(`${endpoints.clob}/clob-markets/${conditionId}`, options)
        return clobMarket.parse(answer.json)
      } catch (error) {
        if (error instanceof HttpStatusError && (error.status === 404 || error.status === 400))
          return null
        throw error
      }
    },
    async fetchTime() {
      const answer = await http.getJson(`${endpoints.clob}/time`, { attempts: 1 })
      return { ...answer, seconds: z.coerce.number().int().parse(answer.json) }
    },
  }
}
