/** The key that a person's words to the bot must carry: the one they set, else a random one in a file that only they can read. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../domain/user-error.ts'

export const CONTROL_KEY_FILE = 'control.key'

const KEY_BYTES = 32
const PRIVATE_MODE = 0o600
const OTHERS = 0o077

export type ControlKey = {
  readonly key: string
  readonly from: 'DASHBOARD_API_KEY' | typeof CONTROL_KEY_FILE
}

/** For the bot: the file is made when it is missing, and anew when others could have read it or it holds no key. */
export function makeControlKey(fromEnvironment: string | null, folder: string): ControlKey {
  if (fromEnvironment !== null) return environmentKey(fromEnvironment)
  const file = join(folder, CONTROL_KEY_FILE)
  const known = keyIn(file)
  if (known !== null && (statSync(file).mode & OTHERS) === 0)
    return { key: known, from: CONTROL_KEY_FILE }
  const key = randomBytes(KEY_BYTES).toString('hex')
  // Beside it and renamed, so that a crash never leaves half a key.
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, `${key}\n`, { mode: PRIVATE_MODE })
  renameSync(fresh, file)
  return { key, from: CONTROL_KEY_FILE }
}

/** For whoever calls the bot: the key that the bot itself says it took. */
export function findControlKey(
  from: ControlKey['from'],
  fromEnvironment: string | null,
  folder: string,
): string {
  if (from === 'DASHBOARD_API_KEY') {
    if (fromEnvironment !== null) return environmentKey(fromEnvironment).key
    throw new UserError(
      'config',
      'the bot was started with a DASHBOARD_API_KEY; set the same one here, in the environment or in .env',
    )
  }
  const file = join(folder, CONTROL_KEY_FILE)
  const key = keyIn(file)
  if (key === null)
    throw new UserError(
      'config',
      `there is no key to be read in ${file}; it belongs to the user who started the bot, and a restart of the bot makes a new one`,
    )
  return key
}

/** What is compared is of one length whatever was sent, and the key itself stays out of the server's thread. */
export function digestOf(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}

function environmentKey(value: string): ControlKey {
  if (!/^[\x20-\x7e]+$/.test(value))
    throw new UserError(
      'config',
      'DASHBOARD_API_KEY holds characters that a header cannot carry; use letters, digits and signs of plain ASCII',
    )
  return { key: value, from: 'DASHBOARD_API_KEY' }
}

function keyIn(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return new RegExp(`^[0-9a-f]{${KEY_BYTES * 2}}$`).test(text) ? text : null
  } catch {
    return null
  }
}
