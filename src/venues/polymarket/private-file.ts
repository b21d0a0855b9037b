/** Files that hold a secret: read only when nobody else can read them, written so that nobody else ever could. */
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { UserError } from '../../domain/user-error.ts'

/** Group and others: any of their bits is too much. */
const OTHERS = 0o077
const OWNER_ONLY = 0o600
/** Keystores and passphrases are far smaller; a mistaken path may lead to anything. */
const BYTES_MAX = 65_536

export type Secret = 'keystore' | 'passphrase'

/** The text of the file. No message ever holds a part of it. */
export function readPrivateFile(path: string, what: Secret): string {
  let handle: number | null = null
  try {
    // Asked before it is opened: opening a pipe would wait for its writer.
    refuseUnfit(statSync(path), path, what)
    handle = openSync(path, 'r')
    refuseUnfit(fstatSync(handle), path, what)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(handle))
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error, path, what)
  } finally {
    if (handle !== null) closeSync(handle)
  }
}

/** The same complaints without opening the file. */
export function checkPrivateFile(path: string, what: Secret): void {
  try {
    refuseUnfit(statSync(path), path, what)
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error, path, what)
  }
}

function refuseUnfit(stats: Stats, path: string, what: Secret): void {
  const file = `the ${what} file ${shownPath(path)}`
  if (!stats.isFile()) throw new UserError('preflight', `${file} is not a file`)
  // Windows has no such bits and reports all of them set.
  if (process.platform !== 'win32' && (stats.mode & OTHERS) !== 0) {
    throw new UserError(
      'preflight',
      `${file} can be read by others on this machine; run: chmod 600 ${shellWord(shownPath(path))}`,
    )
  }
  if (stats.size > BYTES_MAX) {
    throw new UserError('preflight', `${file} is too large to be a ${what}`)
  }
}

function unreadable(error: unknown, path: string, what: Secret): UserError {
  const { code } = error as NodeJS.ErrnoException
  const missing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
  // What was given may be the passphrase itself, by mistake: a path that leads nowhere is not repeated.
  if (missing && what === 'passphrase') {
    return new UserError(
      'preflight',
      'the passphrase file does not exist; give the path of a file that holds the passphrase, never the passphrase itself',
    )
  }
  const file = `the ${what} file ${shownPath(path)}`
  if (missing)
    return new UserError(
      'preflight',
      `${file} does not exist; correct the path, or make one with \`lastsecond init --keystore FILE\``,
    )
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new UserError('preflight', `${file} is not text in UTF-8`)
  return new UserError('preflight', `${file} cannot be read (${code ?? 'unknown reason'})`)
}

/** A new file, readable by its owner alone. One that is there already is never touched: the caller hears EEXIST. */
export function writeNewPrivateFile(path: string, text: string): void {
  const handle = openSync(path, 'wx', OWNER_ONLY)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
  // A umask takes bits away, also the owner's.
  chmodSync(path, OWNER_ONLY)
}

/** A key pasted where a path belongs stays out of messages. */
export function shownPath(path: string): string {
  return /[0-9a-f]{64}/i.test(path) ? '[hidden, it looks like a key]' : path
}

function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
