/** The encrypted keystore: the standard JSON that geth, ethers and most wallets read and write. */
import { encryptKeystoreJson, isKeystoreJson, Wallet } from 'ethers'
import { UserError } from '../../domain/user-error.ts'
import { type KeyPair, keyFromText } from './key-text.ts'
import { readPrivateFile, shownPath } from './private-file.ts'

export async function openKeystore(file: string, passphraseFile: string): Promise<KeyPair> {
  const json = readPrivateFile(file, 'keystore')
  const name = `the keystore file ${shownPath(file)}`
  if (!isKeystoreJson(json)) {
    throw new UserError(
      'preflight',
      `${name} is not an encrypted keystore; \`lastsecond init --keystore FILE --key-stdin\` makes one`,
    )
  }
  const passphrase = readPassphrase(passphraseFile)
  let privateKey: string
  try {
    privateKey = (await Wallet.fromEncryptedJson(json, passphrase)).privateKey
  } catch (error) {
    // The library's own words are not repeated: what they quote is not ours to know.
    const wrong = (error as { argument?: unknown }).argument === 'password'
    throw new UserError(
      'preflight',
      wrong
        ? `the passphrase does not open ${name}; correct ${shownPath(passphraseFile)}`
        : `${name} is damaged or encrypted in a way that is not known here; make it anew with \`lastsecond init --keystore FILE --key-stdin\``,
    )
  }
  return keyFromText(privateKey, `the key within ${name}`)
}

/** Without the line's end that every editor puts there; other blanks belong to the passphrase. */
export function readPassphrase(file: string): string {
  const passphrase = readPrivateFile(file, 'passphrase').replace(/[\r\n]+$/, '')
  if (passphrase === '')
    throw new UserError('preflight', `the passphrase file ${shownPath(file)} is empty`)
  return passphrase
}

export async function keystoreJson(key: KeyPair, passphrase: string): Promise<string> {
  return `${await encryptKeystoreJson(key, passphrase)}\n`
}
