/** Makes an encrypted keystore, from a key on standard input or a new one. Nothing is printed from here, and no old keystore is ever touched. */
import { randomBytes } from 'node:crypto'
import { lstatSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../domain/user-error.ts'
import { type KeyPair, keyFromText } from '../venues/polymarket/key-text.ts'
import { keystoreJson, readPassphrase } from '../venues/polymarket/keystore.ts'
import { shownPath, writeNewPrivateFile } from '../venues/polymarket/private-file.ts'

/** More than any way to write a key. */
const STDIN_BYTES_MAX = 4_096

export type KeystorePlan = {
  readonly file: string
  readonly passphraseFile: string
  readonly from: 'stdin' | 'new'
}

/** Everything that can be known to fail is said before the key is asked for. */
export function checkKeystorePlan({ file, passphraseFile }: KeystorePlan): void {
  const name = shownPath(file)
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new UserError(
      'usage',
      `${name} is there already, and it may be the only copy of a key: choose another name (--force does not replace a keystore)`,
    )
  }
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError('usage', `the folder of ${name} does not exist; make it first`)
  readPassphrase(passphraseFile)
}

/** Returns the address. */
export async function makeKeystore(
  plan: KeystorePlan,
  stdin: AsyncIterable<Buffer>,
): Promise<string> {
  const passphrase = readPassphrase(plan.passphraseFile)
  const key = plan.from === 'new' ? newKey() : keyFromText(await wholeText(stdin), 'standard input')
  const json = await keystoreJson(key, passphrase)
  try {
    writeNewPrivateFile(plan.file, json)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError('general', `${shownPath(plan.file)} cannot be written (${code})`)
  }
  return key.address
}

function newKey(): KeyPair {
  return keyFromText(randomBytes(32).toString('hex'), 'the new key')
}

async function wholeText(stdin: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stdin) {
    chunks.push(chunk)
    length += chunk.length
    if (length > STDIN_BYTES_MAX)
      throw new UserError('preflight', 'standard input holds far more than a key')
  }
  return Buffer.concat(chunks).toString('utf8')
}
