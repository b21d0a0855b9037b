/** What the doctor says of the key of live trading. It looks at names and modes of files; it opens none of them. */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { ENV_FILE, type LoadedConfig } from '../config/load.ts'
import { UserError } from '../domain/user-error.ts'
import { checkPrivateFile, type Secret } from '../venues/polymarket/private-file.ts'
import { type Line, ok } from './doctor-line.ts'
import { namedKeySources } from './wallet-sources.ts'

export function keyLines(loaded: LoadedConfig): Line[] {
  const names = namedKeySources(loaded)
  if (names.length === 0) {
    return [
      fail(
        'no key is set',
        'make a keystore with `lastsecond init --keystore FILE`, or set KEY_FD or POLYMARKET_PRIVATE_KEY',
      ),
    ]
  }
  if (names.length > 1)
    return [fail(`more than one place is set: ${names.join(', ')}`, 'keep one of them')]
  const { keystoreFile, passphraseFile } = loaded.config.wallet
  return [
    ok('key', `set by ${names.join()}`),
    ...(keystoreFile === '' ? [] : privateFile(keystoreFile, 'keystore')),
    ...(keystoreFile === '' ? [] : passphrase(passphraseFile)),
    ...envFile(loaded),
  ]
}

function passphrase(file: string): Line[] {
  if (file !== '') return privateFile(file, 'passphrase')
  return [fail('the keystore has no passphrase file', 'set KEYSTORE_PASSPHRASE_FILE')]
}

function privateFile(path: string, what: Secret): Line[] {
  try {
    checkPrivateFile(path, what)
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const [detail = '', fix = 'choose another file'] = error.message.split('; ')
    return [fail(detail, fix)]
  }
}

/** A key in `.env` is as safe as that file. */
function envFile({ secrets, files }: LoadedConfig): Line[] {
  const inFile = [secrets.POLYMARKET_PRIVATE_KEY, secrets.PRIVATE_KEY].some(
    (origin) => origin?.kind === 'env_file',
  )
  const file = files.find((path) => basename(path) === ENV_FILE)
  if (!inFile || file === undefined || process.platform === 'win32') return []
  if ((statSync(file).mode & 0o077) === 0) return []
  return [
    {
      name: 'key',
      state: 'warning',
      detail: `${ENV_FILE} holds a key and can be read by others on this machine`,
      fix: `chmod 600 ${ENV_FILE}`,
    },
  ]
}

function fail(detail: string, fix: string): Line {
  return { name: 'key', state: 'fail', detail, fix }
}
