/**
 * One process per wallet and venue on this machine: two bots with one purse would each believe that all of it is theirs. A claim is a file whose
 * name ends in its number; the highest number is the holder. Numbers only grow while claims follow one another, so that whoever was taken for
 * dead and is not sees a higher one and knows that it holds nothing any more.
 */
import { createHash, randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../domain/user-error.ts'
import { isAlive, ownMark } from './process-mark.ts'

/** Others may claim at the same moment; nobody needs that many. */
const TRIES = 20

export type WalletLock = {
  /** The fencing token: higher than that of whoever held the lock before and died. */
  readonly token: number
  /** True while nobody else has claimed it and our claim is still there. Reads the disk. */
  holds(): boolean
  release(): void
}

export type LockOptions = {
  readonly address: string
  /** Origin of the order service. */
  readonly venue: string
  /** The data folder of this bot, told to whoever is refused. */
  readonly folder: string
  readonly home?: string
}

const claimText = z.object({
  pid: z.number(),
  started: z.string().nullable(),
  folder: z.string(),
  nonce: z.string(),
})
type Claim = z.output<typeof claimText>

export function takeWalletLock(options: LockOptions): WalletLock {
  const home = options.home ?? (process.env['LASTSECOND_HOME'] || join(homedir(), '.lastsecond'))
  const name = createHash('sha256')
    .update(`${options.address.toLowerCase()} ${new URL(options.venue).origin}`)
    .digest('hex')
    .slice(0, 32)
  const folder = join(home, 'locks')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return claim(folder, name, options.folder)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      'preflight',
      `the folder of wallet locks ${folder} cannot be used: ${(error as Error).message}; set LASTSECOND_HOME to a folder of yours`,
    )
  }
}

function claim(folder: string, name: string, dataFolder: string): WalletLock {
  const fileOf = (token: number): string => join(folder, `${name}.${token}`)
  const nonce = randomUUID()
  const text = JSON.stringify({ ...ownMark(), folder: dataFolder, nonce })
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = tokensIn(folder, name)
    refuseLiving(before.map(fileOf))
    const token = Math.max(0, ...before) + 1
    if (!createWhole(fileOf(token), text)) continue
    // Somebody who looked before us may have claimed another number meanwhile.
    const others = tokensIn(folder, name).filter((one) => one !== token)
    const rival = others.find((one) => one > token || isHeld(fileOf(one)))
    if (rival !== undefined) {
      rmSync(fileOf(token), { force: true })
      continue
    }
    for (const one of others) rmSync(fileOf(one), { force: true })
    const isOurs = (): boolean => readClaim(fileOf(token))?.nonce === nonce
    return {
      token,
      holds: () => isOurs() && highest(folder, name) === token,
      release() {
        if (isOurs()) rmSync(fileOf(token), { force: true })
      },
    }
  }
  throw new UserError(
    'preflight',
    `the lock of this wallet in ${folder} cannot be taken; is another lastsecond starting right now?`,
  )
}

function tokensIn(folder: string, name: string): number[] {
  return readdirSync(folder).flatMap((file) => {
    const token = file.startsWith(`${name}.`) ? file.slice(name.length + 1) : ''
    return /^\d{1,15}$/.test(token) ? [Number(token)] : []
  })
}

/** Null when the folder is gone. */
function highest(folder: string, name: string): number | null {
  try {
    return Math.max(...tokensIn(folder, name))
  } catch {
    return null
  }
}

function refuseLiving(files: readonly string[]): void {
  for (const file of files) {
    const owner = readClaim(file)
    if (owner === null || !isAlive(owner)) continue
    throw new UserError(
      'preflight',
      `another lastsecond (process ${owner.pid}, data folder ${owner.folder}) trades with this wallet; stop it first`,
    )
  }
}

function isHeld(file: string): boolean {
  const owner = readClaim(file)
  return owner !== null && isAlive(owner)
}

/** What cannot be read was written by nobody who lives: a claim appears whole. */
function readClaim(file: string): Claim | null {
  try {
    return claimText.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** False when there is such a file already. */
function createWhole(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.draft`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
