/** The routes. Reading is answered from the last report; a person's word goes to the trading thread and is answered when it was taken. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { OperatorAction } from '../domain/account.ts'
import type { ChangeFate, StatusSnapshot } from './contract.ts'
import { createAllowance, isKey, isOurHost } from './guard.ts'
import { OPENAPI } from './openapi.ts'
import { parameters } from './parameters.ts'

/** A report older than this means that the trading thread is stuck or gone. */
const FRESH_MS = 5_000
/** More of one word in a second than any person says. */
const WORDS_PER_SECOND = 20

export type AppDeps = {
  readonly host: string
  readonly keyDigest: Uint8Array
  readonly nowMs: () => number
  report(): { readonly snapshot: StatusSnapshot; readonly at: number } | null
  /** How it went: taken by the engine, failed, or no answer in time. */
  operate(action: OperatorAction): Promise<'taken' | 'silent' | 'failed'>
  change(asked: ReadonlyMap<string, string>, by: string): Promise<ChangeFate>
}

const WORDS: Readonly<Record<string, OperatorAction>> = {
  '/pause': 'pause',
  '/resume': 'resume',
  '/stop': 'stop',
  '/emergency-stop': 'kill',
}

const NO_HOST =
  'the Host header names neither this machine nor control.host; call the bot by its address, or by localhost'
const NO_KEY =
  "this needs the bot's key in the header X-API-KEY: DASHBOARD_API_KEY where that is set, else the text of control.key beside the bot's ledger"

export function createApp(deps: AppDeps): FastifyInstance {
  // A connection in use may finish its answer when the bot ends; idle ones are closed at once.
  const app = fastify({ logger: false, forceCloseConnections: 'idle', requestTimeout: 10_000 })
  ignoreBodies(app)
  app.addHook('onRequest', async (request, reply) => {
    const { headers, socket } = request.raw
    if (!isOurHost(headers.host, deps.host, socket.localAddress))
      return reply.code(403).send({ error: NO_HOST })
    return undefined
  })
  reading(app, deps)
  for (const [url, action] of Object.entries(WORDS)) word(app, deps, url, action)
  app.register(parameters({ ...deps, checkKey: keyCheck(deps.keyDigest) }))
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url.split('?')[0]}` }),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  )
  return app
}

/** Words have no body, so that none can be wrong, nor what it says that it is. */
function ignoreBodies(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw
    if (headers['content-type'] !== undefined) headers['content-type'] = 'application/octet-stream'
    done()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
}

function reading(app: FastifyInstance, { report, nowMs }: AppDeps): void {
  const startedAt = nowMs()
  app.get('/health', () => ({
    status: 'ok',
    uptimeSec: Math.floor((nowMs() - startedAt) / 1_000),
  }))
  app.get('/ready', async (_request, reply) => {
    const last = report()
    const reasons = [...(last?.snapshot.notReady ?? ['the bot has not reported yet'])]
    if (last !== null && nowMs() - last.at > FRESH_MS)
      reasons.push('the trading thread does not report')
    const ready = reasons.length === 0
    return reply.code(ready ? 200 : 503).send({ ready, reasons })
  })
  app.get('/status', async (_request, reply) => {
    const last = report()
    if (last === null) return reply.code(503).send({ error: 'the bot has not reported yet' })
    return reply.send({ ...last.snapshot, ageMs: nowMs() - last.at })
  })
  app.get('/openapi.json', () => OPENAPI)
}

function keyCheck(digest: Uint8Array) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (isKey(request.headers['x-api-key'], digest)) return undefined
    return reply.code(401).send({ error: NO_KEY })
  }
}

function word(app: FastifyInstance, deps: AppDeps, url: string, action: OperatorAction): void {
  const allowed = createAllowance(WORDS_PER_SECOND, deps.nowMs)

  app.post(url, { onRequest: keyCheck(deps.keyDigest) }, async (_request, reply) => {
    if (!allowed())
      return reply
        .code(429)
        .send({ error: `"${action}" was sent too often; once is enough, wait a second` })
    switch (await deps.operate(action)) {
      case 'taken':
        return reply.send({ ok: true, action })
      case 'failed':
        return reply
          .code(503)
          .send({ error: `the bot could not take "${action}"; its log says why` })
      case 'silent':
        return reply.code(503).send({
          error: `the bot did not answer in time; it may still take "${action}" when it comes back`,
        })
    }
  })
}
