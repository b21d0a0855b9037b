/** Starts the control server in its own thread and writes down where it is. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { OperatorAction } from '../domain/account.ts'
import type { Change } from '../domain/change.ts'
import type { Log } from '../domain/ports.ts'
import { UserError } from '../domain/user-error.ts'
import type {
  ChangeFate,
  ControlWorkerData,
  FromControlWorker,
  RunFile,
  StatusSnapshot,
  ToControlWorker,
} from './contract.ts'
import { digestOf, makeControlKey } from './control-key.ts'

/** A second bot on the same machine takes one of the next ports. */
const NEXT_PORTS = 20

export type Control = {
  readonly port: number
  publish(snapshot: StatusSnapshot): void
  close(): Promise<void>
}

export type ControlOptions = {
  readonly host: string
  readonly port: number
  /** The user chose the port, so that no other will do. */
  readonly explicitPort: boolean
  readonly runFile: string
  readonly log: Log
  /** Null lets the server make its own, in a file beside the run file. */
  readonly apiKey: string | null
  /** How long the bot may take over a word. */
  readonly answerMs?: number
  /** Hands a person's word to the bot; resolves when it was taken and will be remembered. */
  operate(action: OperatorAction): Promise<void>
  /** The same for settings: what of them has changed; throws what the person is to be told. */
  change(asked: ReadonlyMap<string, string>, by: string): Promise<readonly Change[]>
}

/** The trading thread takes a word within milliseconds, or something is wrong with it. */
const ANSWER_MS = 2_000

export async function startControl(options: ControlOptions): Promise<Control> {
  const key = makeControlKey(options.apiKey, dirname(options.runFile))
  const { worker, port } = await listen(options, digestOf(key.key))
  if (port !== options.port)
    options.log.warn('the control port was taken; another is used', { wanted: options.port, port })
  const runFile: RunFile = {
    pid: process.pid,
    port,
    host: options.host,
    startedAt: new Date().toISOString(),
    key: key.from,
  }
  writeFileSync(options.runFile, `${JSON.stringify(runFile)}\n`)
  return {
    port,
    publish: (snapshot) =>
      worker.postMessage({ kind: 'snapshot', snapshot } satisfies ToControlWorker),
    async close() {
      removeOwn(options.runFile)
      await new Promise<void>((resolve) => {
        worker.on('message', (message: FromControlWorker) => message.kind === 'closed' && resolve())
        worker.postMessage({ kind: 'close' } satisfies ToControlWorker)
      })
      await worker.terminate()
    },
  }
}

async function listen(
  options: ControlOptions,
  keyDigest: Uint8Array,
): Promise<{ worker: Worker; port: number }> {
  const tries = options.explicitPort || options.port === 0 ? 1 : NEXT_PORTS
  for (let port = options.port; port < options.port + tries; port += 1) {
    const { host, answerMs = ANSWER_MS } = options
    const workerData: ControlWorkerData = { host, port, answerMs, keyDigest }
    const worker = new Worker(workerFile(), { workerData })
    carryWords(worker, options)
    carryChanges(worker, options)
    const answer = await firstMessage(worker)
    if (answer.kind === 'listening') return { worker, port: answer.port }
    await worker.terminate()
    if (answer.kind !== 'refused' || answer.code !== 'EADDRINUSE') {
      const why = answer.kind === 'refused' ? answer.message : 'it ended'
      throw new UserError(
        'config',
        `the control server cannot listen on ${options.host}:${port}: ${why}`,
      )
    }
  }
  const where =
    tries === 1 ? `${options.port} is` : `${options.port} to ${options.port + tries - 1} are all`
  throw new UserError(
    'config',
    `the control port ${where} taken; set control.port (CONTROL_PORT) to a free one`,
  )
}

/** From the server's thread to the bot, and the answer back. */
function carryWords(worker: Worker, { operate, log }: ControlOptions): void {
  worker.on('message', (message: FromControlWorker) => {
    if (message.kind !== 'operate') return
    const { id, action } = message
    const answer = (ok: boolean): void =>
      worker.postMessage({ kind: 'operated', id, ok } satisfies ToControlWorker)
    operate(action).then(
      () => answer(true),
      (error: unknown) => {
        log.error('a word of a person was not taken', { action, error })
        answer(false)
      },
    )
  })
}

/** The same for settings; a refusal is for who asked, and no trouble of the bot's. */
function carryChanges(worker: Worker, { change, log }: ControlOptions): void {
  worker.on('message', (message: FromControlWorker) => {
    if (message.kind !== 'change') return
    const { id, asked, by } = message
    const answer = (fate: ChangeFate): void =>
      worker.postMessage({ kind: 'changed', id, fate } satisfies ToControlWorker)
    change(asked, by).then(
      (changed) => answer({ kind: 'taken', changed }),
      (error: unknown) => {
        if (error instanceof UserError) return answer({ kind: 'refused', why: error.message })
        log.error('settings were not taken', { error })
        answer({ kind: 'failed' })
      },
    )
  })
}

function firstMessage(worker: Worker): Promise<FromControlWorker> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

/** A newer bot may have written its own file meanwhile. */
function removeOwn(file: string): void {
  try {
    if ((JSON.parse(readFileSync(file, 'utf8')) as RunFile).pid === process.pid) rmSync(file)
  } catch {
    // Already gone, or not ours to understand.
  }
}

/** Beside this file when built; from source the built one is started, as Node 20 runs no TypeScript worker. */
function workerFile(): string {
  const isBuilt = extname(fileURLToPath(import.meta.url)) === '.js'
  return fileURLToPath(
    new URL(
      isBuilt ? './control-worker.js' : '../../dist/control/control-worker.js',
      import.meta.url,
    ),
  )
}
