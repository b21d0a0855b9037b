/** The control server's thread: answers from the last snapshot, so that nobody who asks can slow the trading down. */
import { parentPort, workerData } from 'node:worker_threads'
import { fastify } from 'fastify'
import { invariant } from '../domain/invariant.ts'
import type { FromControlWorker, StatusSnapshot, ToControlWorker } from './contract.ts'

/** A snapshot older than this means that the trading thread is stuck or gone. */
const FRESH_MS = 5_000

const port = parentPort
invariant(port !== null, 'the control worker is started as a worker')
const { host, port: wanted } = workerData as { host: string; port: number }
const startedAt = Date.now()
let last: StatusSnapshot | null = null
let lastAt = 0

function tell(message: FromControlWorker): void {
  port?.postMessage(message)
}

const server = fastify({ logger: false, forceCloseConnections: true })

server.get('/health', () => ({
  status: 'ok',
  uptimeSec: Math.floor((Date.now() - startedAt) / 1_000),
}))

server.get('/ready', async (_request, reply) => {
  const reasons = [...(last?.notReady ?? ['the bot has not reported yet'])]
  if (last !== null && Date.now() - lastAt > FRESH_MS)
    reasons.push('the trading thread does not report')
  return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons })
})

server.get('/status', async (_request, reply) => {
  if (last === null) return reply.code(503).send({ error: 'the bot has not reported yet' })
  return reply.send({ ...last, ageMs: Date.now() - lastAt })
})

server.setNotFoundHandler((request, reply) =>
  reply.code(404).send({ error: `there is no ${request.method} ${request.url.split('?')[0]}` }),
)

port.on('message', (message: ToControlWorker) => {
  if (message.kind === 'snapshot') {
    last = message.snapshot
    lastAt = Date.now()
    return
  }
  server.close().then(
    () => tell({ kind: 'closed' }),
    () => tell({ kind: 'closed' }),
  )
})

server.listen({ host, port: wanted }).then(
  () => {
    const address = server.server.address()
    tell({
      kind: 'listening',
      port: typeof address === 'object' && address !== null ? address.port : wanted,
    })
  },
  (error: NodeJS.ErrnoException) =>
    tell({ kind: 'refused', code: error.code ?? '', message: error.message }),
)
