/**
 * Where the private key of live trading comes from: an encrypted keystore, a file descriptor or the environment, and exactly one of them. Who calls
 * this is about to sign; a dry run never does. Everything is handed in: nothing is read here but the source that was named.
 */
import { UserError } from '../../domain/user-error.ts'
import { readKeyPipe } from './key-pipe.ts'
import { keyFromText } from './key-text.ts'
import { openKeystore } from './keystore.ts'

export type KeySources = {
  readonly keystoreFile: string | null
  readonly passphraseFile: string | null
  readonly keyFd: number | null
  /** The value of POLYMARKET_PRIVATE_KEY or PRIVATE_KEY. */
  readonly envKey: string | null
}

export type WalletKey = {
  readonly address: string
  /** 0x and 64 hex digits. */
  readonly privateKey: string
  readonly from: 'keystore' | 'fd' | 'env'
}

type Given = { readonly name: string; read(): Promise<WalletKey> }

export async function readWalletKey(sources: KeySources): Promise<WalletKey> {
  const given = givenSources(sources)
  const [only] = given
  if (only === undefined) {
    throw new UserError(
      'preflight',
      'live trading needs a key: make a keystore with `lastsecond init --keystore FILE` and set KEYSTORE_FILE and KEYSTORE_PASSPHRASE_FILE, or set KEY_FD or POLYMARKET_PRIVATE_KEY',
    )
  }
  if (given.length > 1) {
    const names = given.map(({ name }) => name).join(' and ')
    throw new UserError('preflight', `the key may come from one place only, but ${names} are set`)
  }
  return only.read()
}

/** An empty text is how a setting says that it is not set. */
function givenSources({ keystoreFile, passphraseFile, keyFd, envKey }: KeySources): Given[] {
  const given: Given[] = []
  if (keystoreFile !== null && keystoreFile !== '') {
    given.push({
      name: 'KEYSTORE_FILE',
      read: () => fromKeystore(keystoreFile, passphraseFile ?? ''),
    })
  }
  if (keyFd !== null) given.push({ name: 'KEY_FD', read: () => fromPipe(keyFd) })
  if (envKey !== null && envKey.trim() !== '') {
    given.push({ name: 'POLYMARKET_PRIVATE_KEY (or PRIVATE_KEY)', read: () => fromText(envKey) })
  }
  return given
}

async function fromKeystore(file: string, passphraseFile: string): Promise<WalletKey> {
  if (passphraseFile === '') {
    throw new UserError(
      'preflight',
      'the keystore needs its passphrase: set KEYSTORE_PASSPHRASE_FILE to a file that only you can read',
    )
  }
  return { ...(await openKeystore(file, passphraseFile)), from: 'keystore' }
}

async function fromPipe(fd: number): Promise<WalletKey> {
  const text = await readKeyPipe(fd)
  return { ...keyFromText(text, `file descriptor ${fd} (wallet.keyFd, KEY_FD)`), from: 'fd' }
}

function fromText(text: string): Promise<WalletKey> {
  return Promise.resolve().then(() => ({
    ...keyFromText(text, 'POLYMARKET_PRIVATE_KEY (or PRIVATE_KEY)'),
    from: 'env',
  }))
}
