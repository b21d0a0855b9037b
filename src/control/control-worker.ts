/** The control server's thread: answers from the last snapshot, so that nobody who asks can slow the trading down. */
import { parentPort, workerData } from 'node:worker_threads'
import type { OperatorAction } from '../domain/account.ts'
import { invariant } from '../domain/invariant.ts'
import { createApp } from './app.ts'
import type {
  ChangeFate,
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
const wishes = new Map<number, (fate: ChangeFate) => void>()

function tell(message: FromControlWorker): void {
  port?.postMessage(message)
}

function operate(action: OperatorAction): Promise<Fate> {
  asked += 1
  tell({ kind: 'operate', id: asked, action })
  return answered(waiting, asked, 'silent')
}

function change(wanted: ReadonlyMap<string, string>, by: string): Promise<ChangeFate> {
  asked += 1
  tell({ kind: 'change', id: asked, asked: wanted, by })
  return answered(wishes, asked, { kind: 'silent' })
}

/** The trading thread's answer, or what stands for none in time. */
function answered<Answer>(
  open: Map<number, (answer: Answer) => void>,
  id: number,
  silence: Answer,
): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(silence), answerMs)
    const settle = (answer: Answer): void => {
      clearTimeout(timer)
      open.delete(id)
      resolve(answer)
    }
    open.set(id, settle)
  })
}

const app = createApp({ host, keyDigest, nowMs: Date.now, report: () => last, operate, change })

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
    case 'changed':
      return wishes.get(message.id)?.(message.fate)
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
