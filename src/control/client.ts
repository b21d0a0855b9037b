/** Asks a running bot, found through its run file, and tells it a person's word. */
import { readFileSync } from 'node:fs'
import type { OperatorAction } from '../domain/account.ts'
import type { Change } from '../domain/change.ts'
import { UserError } from '../domain/user-error.ts'
import type { RunFile, StatusSnapshot } from './contract.ts'

const TIMEOUT_MS = 2_000
/** The server itself gives the bot two seconds, and then says so. */
const WORD_TIMEOUT_MS = 4_000

const PATHS: Readonly<Record<OperatorAction, string>> = {
  pause: '/pause',
  resume: '/resume',
  stop: '/stop',
  kill: '/emergency-stop',
}

/** A run file whose process is gone was left by a crash: its port may be anybody's by now. */
export function findBot(file: string): RunFile {
  let found: RunFile
  try {
    found = JSON.parse(readFileSync(file, 'utf8')) as RunFile
  } catch {
    throw new UserError(
      'not_running',
      `no bot is running here (there is no ${file}); start one with: lastsecond run`,
    )
  }
  if (!isAlive(found.pid))
    throw new UserError(
      'not_running',
      `no bot is running here (${file} was left by process ${found.pid}, which is gone); start one with: lastsecond run`,
    )
  return found
}

export async function askStatus(runFile: string): Promise<StatusSnapshot> {
  const bot = findBot(runFile)
  try {
    const response = await fetch(`${addressOf(bot)}/status`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!response.ok)
      throw new UserError(
        'not_running',
        `the bot (process ${bot.pid}) is starting; it has not reported yet`,
      )
    return (await response.json()) as StatusSnapshot
  } catch (error) {
    if (error instanceof UserError) throw error
    throw noAnswer(bot)
  }
}

/** Returns when the bot has taken it. */
export async function tellBot(bot: RunFile, key: string, action: OperatorAction): Promise<void> {
  const response = await send(bot, key, {
    method: 'POST',
    path: PATHS[action],
    name: `"${action}"`,
  })
  if (response.ok) return
  const { error } = (await response.json().catch(() => ({}))) as { error?: string }
  const kind = response.status === 503 ? 'timeout' : response.status === 401 ? 'config' : 'general'
  throw new UserError(
    kind,
    `the bot (process ${bot.pid}) did not take "${action}": ${error ?? `it answered ${response.status}`}`,
  )
}

/** What of the settings has changed, once the bot has taken them. */
export async function changeBot(
  bot: RunFile,
  key: string,
  asked: Readonly<Record<string, string>>,
): Promise<{ readonly changed: readonly Change[]; readonly note: string }> {
  const response = await send(bot, key, PARAMETERS, asked)
  const body = (await response.json().catch(() => ({}))) as { error?: string }
  if (response.ok) return body as unknown as { changed: readonly Change[]; note: string }
  const kind = response.status === 503 ? 'timeout' : 'config'
  throw new UserError(
    kind,
    `the bot (process ${bot.pid}) changed nothing: ${body.error ?? `it answered ${response.status}`}`,
  )
}

type Word = { readonly method: string; readonly path: string; readonly name: string }

const PARAMETERS: Word = { method: 'PATCH', path: '/parameters', name: 'the settings' }

async function send(
  bot: RunFile,
  key: string,
  { method, path, name }: Word,
  body?: object,
): Promise<Response> {
  try {
    return await fetch(`${addressOf(bot)}${path}`, {
      method,
      headers: { 'x-api-key': key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(WORD_TIMEOUT_MS),
    })
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new UserError(
        'timeout',
        `the bot (process ${bot.pid}) does not answer on port ${bot.port}; it may still take ${name}`,
      )
    throw noAnswer(bot)
  }
}

function noAnswer({ port, pid }: RunFile): UserError {
  return new UserError(
    'not_running',
    `no bot answers on port ${port} (its run file names process ${pid}); start one with: lastsecond run`,
  )
}

/** A server that listens everywhere is called at home. */
function addressOf({ host, port }: RunFile): string {
  const home: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  const name = home[host] ?? host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
