/** `PATCH /parameters`: settings of the running bot, by their names. The one request here whose body is read. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChangeFate } from './contract.ts'
import { createAllowance } from './guard.ts'

const BODY_MAX = 16_384
const CHANGES_PER_SECOND = 20

const NO_SETTINGS =
  'the body must be a JSON object of settings and their values, such as {"params.maxAsk": "0.95"}'
/** Said with every change. */
const NOTE =
  'it holds from the next decision on, and until this bot ends: a restart reads the configuration again'

export type ParametersDeps = {
  readonly nowMs: () => number
  checkKey(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
  change(asked: ReadonlyMap<string, string>, by: string): Promise<ChangeFate>
}

/** A corner of its own, so that no other route reads a body. */
export function parameters({ nowMs, checkKey, change }: ParametersDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    const allowed = createAllowance(CHANGES_PER_SECOND, nowMs)
    app.removeAllContentTypeParsers()
    // Whatever it says that it is: it is read as JSON or refused.
    const options = { parseAs: 'string', bodyLimit: BODY_MAX } as const
    app.addContentTypeParser('*', options, (_request, body, done) => done(null, body))
    app.patch('/parameters', { onRequest: checkKey }, async (request, reply) => {
      if (!allowed())
        return reply.code(429).send({ error: 'settings were sent too often; wait a second' })
      const asked = askedIn(request.body)
      if (typeof asked === 'string') return reply.code(400).send({ error: asked })
      const fate = await change(asked, `the control API, from ${request.ip}`)
      switch (fate.kind) {
        case 'taken':
          return reply.send({ ok: true, changed: fate.changed, note: NOTE })
        case 'refused':
          return reply.code(400).send({ error: fate.why })
        case 'failed':
          return reply
            .code(503)
            .send({ error: 'the bot could not take the settings; its log says why' })
        case 'silent':
          return reply.code(503).send({
            error:
              'the bot did not answer in time; it may still take the settings when it comes back',
          })
      }
    })
  }
}

/** Or why they cannot be read. */
function askedIn(body: unknown): ReadonlyMap<string, string> | string {
  const data = typeof body === 'string' ? parsed(body) : null
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return NO_SETTINGS
  const entries = Object.entries(data as Readonly<Record<string, unknown>>)
  if (entries.length === 0) return NO_SETTINGS
  const asked = new Map<string, string>()
  for (const [key, value] of entries) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return `${key} must be a text, a number, true or false`
    asked.set(key, String(value))
  }
  return asked
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
