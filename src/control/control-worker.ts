/** The control server's thread: answers from the last snapshot, so that nobody who asks can slow the trading down. */
import { parentPort, workerData } from 'node:worker_threads'
import type { OperatorAction } from '../domain/account.ts'
import { invariant } from '../domain/invariant.ts'
import { createApp } from './app.ts'
import type {
  ControlWorkerData,
  FromControlWorker,
  StatusSnapshot,
  ToControlWorker,
} from './contract.ts'

/** Whoever holds a connection open after this does not hold the bot's end up. */
const CLOSE_MS = 1_000

type Fate = 'taken' | 'silent' | 'failed'

const port = parentPort
invariant(port !== null, 'the control worker is started as a worker')
const { host, port: wanted, answerMs, keyDigest } = workerData as ControlWorkerData
let last: { snapshot: StatusSnapshot; at: number } | null = null
let asked = 0
const waiting = new Map<number, (fate: Fate) => void>()

function tell(message: FromControlWorker): void {
  port?.postMessage(message)
}

function operate(action: OperatorAction): Promise<Fate> {
  asked += 1
  const id = asked
  tell({ kind: 'operate', id, action })
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle('silent'), answerMs)
    const settle = (fate: Fate): void => {
      clearTimeout(timer)
      waiting.delete(id)
      resolve(fate)
    }
    waiting.set(id, settle)
  })
}

const app = createApp({ host, keyDigest, nowMs: Date.now, report: () => last, operate })

function close(): void {
  const closed = () => tell({ kind: 'closed' })
  setTimeout(() => app.server.closeAllConnections(), CLOSE_MS)
  app.close().then(closed, closed)
}

port.on('message', (message: ToControlWorker) => {
  switch (message.kind) {
    case 'snapshot':
      last = { snapshot: message.snapshot, at: Date.now() }
      return
    case 'operated':
      return waiting.get(message.id)?.(message.ok ? 'taken' : 'failed')
    case 'close':
      return close()
  }
})

app.listen({ host, port: wanted }).then(
  () => {
    const address = app.server.address()
    tell({
      kind: 'listening',
      port: typeof address === 'object' && address !== null ? address.port : wanted,
    })
  },
  (error: NodeJS.ErrnoException) =>
    tell({ kind: 'refused', code: error.code ?? '', message: error.message }),
)
