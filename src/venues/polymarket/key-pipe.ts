/** A key handed over through an open file descriptor: it is in no file, no argument and no environment. Read once, then closed. */
import { closeSync, fstatSync, read } from 'node:fs'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { UserError } from '../../domain/user-error.ts'

const readSome = promisify(read)
/** More than any way to write a key. */
const BYTES_MAX = 4_096
/** A pipe that does not wait answers EAGAIN until something comes; asked so often, with so much time between. */
const TRIES_MAX = 500
const TRY_MS = 20

export async function readKeyPipe(fd: number): Promise<string> {
  refuseUnfit(fd)
  try {
    return await readToEnd(fd)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw refusal(fd, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  } finally {
    closeSync(fd)
  }
}

/** Nothing that fails here is closed: it may be a descriptor that belongs to the runtime. */
function refuseUnfit(fd: number): void {
  if (fd === 1 || fd === 2) throw refusal(fd, 'is where the program writes; hand over another')
  let stats: ReturnType<typeof fstatSync>
  try {
    stats = fstatSync(fd)
  } catch {
    throw refusal(fd, `is not open; hand it over, for example: lastsecond run ${fd}< FILE`)
  }
  if (isatty(fd)) throw refusal(fd, 'is a terminal, where a typed key could be seen; use a pipe')
  if (!stats.isFile() && !stats.isFIFO() && !stats.isSocket())
    throw refusal(fd, 'is neither a pipe nor a file')
}

async function readToEnd(fd: number): Promise<string> {
  const bytes = Buffer.alloc(BYTES_MAX + 1)
  let length = 0
  let tries = 0
  try {
    for (;;) {
      const got = await readSome(fd, bytes, length, bytes.length - length, null).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EAGAIN') return null
          throw error
        },
      )
      if (got === null) {
        tries += 1
        if (tries > TRIES_MAX) throw refusal(fd, 'was not closed by the one who writes the key')
        await new Promise((resolve) => setTimeout(resolve, TRY_MS))
        continue
      }
      if (got.bytesRead === 0) return bytes.toString('utf8', 0, length)
      length += got.bytesRead
      if (length > BYTES_MAX) throw refusal(fd, 'holds far more than a key')
    }
  } finally {
    bytes.fill(0)
  }
}

function refusal(fd: number, what: string): UserError {
  return new UserError('preflight', `file descriptor ${fd} (wallet.keyFd, KEY_FD) ${what}`)
}
