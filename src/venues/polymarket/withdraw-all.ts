/** Withdraws every order of an account, again and again until the venue lists none. Needs credentials of the API, and no key. */
import type { PostSigner } from '../../net/prepared-post.ts'
import { type SignedRequest, signedHeaders } from './signed-request.ts'

const ANSWER_TIMEOUT_MS = 5_000

export type WithdrawOptions = {
  readonly clob: string
  readonly signer: PostSigner
  readonly userAgent: string
  readonly forMs: number
  readonly everyMs: number
  readonly nowMs: () => number
}

export type Withdrawal =
  | { readonly done: true; readonly orders: number }
  | { readonly done: false; readonly reason: string }

export async function withdrawAll(options: WithdrawOptions): Promise<Withdrawal> {
  const until = options.nowMs() + options.forMs
  const gone = new Set<string>()
  for (;;) {
    let reason: string
    try {
      for (const id of await cancelAll(options)) gone.add(id)
      const left = await openOrders(options)
      if (left === 0) return { done: true, orders: gone.size }
      reason = `${left} orders still rest`
    } catch (error) {
      reason = reasonOf(error as Error)
    }
    if (options.nowMs() + options.everyMs >= until) return { done: false, reason }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs))
  }
}

/** What a failed fetch says of itself is in its cause. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

async function cancelAll(options: WithdrawOptions): Promise<readonly string[]> {
  const answer = await ask(options, 'DELETE', '/cancel-all')
  const { canceled } = answer as { canceled?: unknown }
  return Array.isArray(canceled) ? canceled.map(String) : []
}

async function openOrders(options: WithdrawOptions): Promise<number> {
  const answer = await ask(options, 'GET', '/data/orders')
  const { data } = answer as { data?: unknown }
  if (!Array.isArray(data)) throw new Error('the list of open orders cannot be read')
  return data.length
}

async function ask(
  options: WithdrawOptions,
  method: SignedRequest['method'],
  path: string,
): Promise<object> {
  const { clob, signer, userAgent } = options
  const epochSec = await venueSeconds(options)
  const headers = signedHeaders(signer, { method, path, body: '', epochSec })
  const response = await fetch(`${clob}${path}`, {
    method,
    headers: { ...headers, 'User-Agent': userAgent },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`)
  const answer: unknown = JSON.parse(text)
  return typeof answer === 'object' && answer !== null ? answer : {}
}

/** The venue may live at a time of its own; ours is the second best. */
async function venueSeconds({ clob, userAgent, nowMs }: WithdrawOptions): Promise<number> {
  const own = Math.floor(nowMs() / 1_000)
  try {
    const response = await fetch(`${clob}/time`, {
      headers: { 'User-Agent': userAgent },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    })
    const seconds = Number(await response.text())
    return Number.isInteger(seconds) && seconds > 0 ? seconds : own
  } catch {
    return own
  }
}
