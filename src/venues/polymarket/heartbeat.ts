/** One heartbeat on the wire, and what the venue says to it. */
import { z } from 'zod'
import type { PostSigner } from '../../net/prepared-post.ts'
import { signedHeaders } from './signed-request.ts'

const PATH = '/v1/heartbeats'
const ANSWER_TIMEOUT_MS = 4_000

const answer = z.object({ heartbeat_id: z.string() })

export type HeartbeatOptions = {
  readonly clob: string
  readonly signer: PostSigner
  readonly userAgent: string
  epochSec(): number
}

export async function postHeartbeat(
  { clob, signer, userAgent, epochSec }: HeartbeatOptions,
  heartbeatId: string,
): Promise<{ readonly accepted: boolean; readonly heartbeatId: string }> {
  const body = JSON.stringify({ heartbeat_id: heartbeatId })
  const headers = signedHeaders(signer, { method: 'POST', path: PATH, body, epochSec: epochSec() })
  const response = await fetch(`${clob}${PATH}`, {
    method: 'POST',
    body,
    headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': userAgent },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  })
  const text = await response.text()
  const parsed = answer.safeParse(jsonOf(text))
  // Only a wrong id is answered with another one.
  if (!parsed.success || (response.status !== 200 && response.status !== 400))
    throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`)
  return { accepted: response.status === 200, heartbeatId: parsed.data.heartbeat_id }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
