/** Asks a running bot, found through its run file. */
import { readFileSync } from 'node:fs'
import { UserError } from '../domain/user-error.ts'
import type { RunFile, StatusSnapshot } from './contract.ts'

const TIMEOUT_MS = 2_000

export async function askStatus(runFile: string): Promise<StatusSnapshot> {
  const { port, pid } = readRunFile(runFile)
  try {
    const response = await fetch(`http://127.0.0.1:${port}/status`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!response.ok)
      throw new UserError(
        'not_running',
        `the bot (process ${pid}) is starting; it has not reported yet`,
      )
    return (await response.json()) as StatusSnapshot
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      'not_running',
      `no bot answers on port ${port} (its run file names process ${pid}); start one with: lastsecond run`,
    )
  }
}

function readRunFile(file: string): RunFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunFile
  } catch {
    throw new UserError(
      'not_running',
      `no bot is running here (there is no ${file}); start one with: lastsecond run`,
    )
  }
}
