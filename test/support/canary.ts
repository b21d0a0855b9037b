/** Secrets that exist nowhere else, planted in every place a key may come from, and a search for them in everything a program leaves behind. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encryptKeystoreJson, Wallet } from 'ethers'

export const PLACES = ['env', 'envFile', 'keystore', 'fd'] as const
export type Place = (typeof PLACES)[number]

export type Planted = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** To be handed over as number 3, or undefined where nothing was planted. */
  readonly third: number | undefined
  /** By a name that says where the secret belongs. */
  readonly secrets: ReadonlyMap<string, string>
  /** The only files that may hold one. */
  readonly homes: ReadonlySet<string>
}

/** Each place gets a secret of its own, so that a leak says where it came from. */
export async function plant(places: readonly Place[]): Promise<Planted> {
  const cwd = mkdtempSync(join(tmpdir(), 'canary-'))
  // Whatever is written to a usual place is written where the search looks.
  const env: Record<string, string> = { HOME: join(cwd, 'home'), TMPDIR: join(cwd, 'tmp') }
  for (const folder of Object.values(env)) mkdirSync(folder)
  const secrets = new Map<string, string>()
  const homes = new Set<string>()
  let third: number | undefined
  const fresh = (name: string): string => {
    const secret = randomBytes(32).toString('hex')
    secrets.set(name, secret)
    return secret
  }
  const home = (name: string, text: string): string => {
    const path = join(cwd, name)
    writeFileSync(path, text, { mode: 0o600 })
    homes.add(path)
    return path
  }
  if (places.includes('env')) {
    env['POLYMARKET_PRIVATE_KEY'] = `0x${fresh('key in the environment')}`
    for (const name of ['CLOB_API_KEY', 'CLOB_SECRET', 'CLOB_PASSPHRASE']) env[name] = fresh(name)
  }
  if (places.includes('envFile')) home('.env', `PRIVATE_KEY=0x${fresh('key in .env')}\n`)
  if (places.includes('keystore')) {
    const privateKey = `0x${fresh('key in the keystore')}`
    const passphrase = fresh('passphrase')
    const { address } = new Wallet(privateKey)
    const cheap = { scrypt: { N: 2, r: 8, p: 1 } }
    const json = await encryptKeystoreJson({ address, privateKey }, passphrase, cheap)
    env['KEYSTORE_FILE'] = home('canary-keystore.json', json)
    env['KEYSTORE_PASSPHRASE_FILE'] = home('canary-passphrase', `${passphrase}\n`)
  }
  if (places.includes('fd')) {
    third = openSync(home('canary-handed', `${fresh('key at the descriptor')}\n`), 'r')
    env['KEY_FD'] = '3'
  }
  return { cwd, env, third, secrets, homes }
}

/** Every way the secret was written down, in sentences: empty when it kept to its place. */
export function leaks(planted: Planted, streams: Readonly<Record<string, string>>): string[] {
  const found: string[] = []
  const look = (where: string, bytes: Buffer): void => {
    const text = bytes.toString('latin1').toLowerCase()
    for (const [name, secret] of planted.secrets) {
      const raw = Buffer.from(secret, 'hex')
      const forms = {
        hex: secret,
        'base64 of its bytes': raw.toString('base64').slice(0, -1),
        'base64 of its text': Buffer.from(secret).toString('base64').slice(0, -2),
        decimal: BigInt(`0x${secret}`).toString(),
        bytes: raw.toString('latin1'),
        'a list of bytes': [...raw].join(','),
      }
      for (const [form, written] of Object.entries(forms))
        if (text.includes(written.toLowerCase())) found.push(`${name}, as ${form}, in ${where}`)
    }
  }
  for (const [name, text] of Object.entries(streams)) look(name, Buffer.from(text))
  for (const path of filesBelow(planted.cwd))
    if (!planted.homes.has(path)) look(path, readFileSync(path))
  return found
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
