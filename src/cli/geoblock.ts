/** Whether the venue serves this address of the internet: its website says so, and a block page in front of it says so too. */
import { z } from 'zod'
import { nowMicros } from '../net/clock.ts'
import { createHttp, HttpError } from '../net/http.ts'
import { USER_AGENT } from './bot-setup.ts'
import { fail, type Line, ok, warning } from './doctor-line.ts'

const TIMEOUT_MS = 5_000
const FIX =
  'orders from here are refused: run the bot from a machine in a place that the venue serves'

const answer = z.object({
  blocked: z.boolean(),
  country: z.string().nullish(),
  region: z.string().nullish(),
})

export async function geoblockLine(site: string): Promise<Line> {
  const http = createHttp({ userAgent: USER_AGENT, timeoutMs: TIMEOUT_MS, now: nowMicros })
  try {
    const { json } = await http.getJson(`${site}/api/geoblock`, { retries: 0 })
    const parsed = answer.safeParse(json)
    if (!parsed.success) return unclear('its answer cannot be read')
    const { blocked, country, region } = parsed.data
    const place = [country, region].filter(Boolean).join(' ') || 'this place'
    if (blocked) return fail('geoblock', `the venue blocks orders from ${place}`, FIX)
    return ok('geoblock', `${place} is served`)
  } catch (error) {
    if (error instanceof HttpError && (error.status === 403 || error.status === 451))
      return fail(
        'geoblock',
        `the venue's site shuts us out (HTTP ${error.status}, a block page)`,
        FIX,
      )
    return unclear(error instanceof Error ? error.message : String(error))
  }
}

function unclear(why: string): Line {
  return warning(
    'geoblock',
    `the venue's site does not say whether this place is served: ${why}`,
    'check it in a browser on this machine: https://polymarket.com/api/geoblock',
  )
}
