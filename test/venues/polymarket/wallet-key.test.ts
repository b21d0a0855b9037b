/** Each place a key may come from, and each way it may be wrong: one clear sentence, and never a part of a secret. */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { encryptKeystoreJson, Wallet } from 'ethers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../../../src/domain/user-error.ts'
import { writeNewPrivateFile } from '../../../src/venues/polymarket/private-file.ts'
import { type KeySources, readWalletKey } from '../../../src/venues/polymarket/wallet-key.ts'

const DIGITS = 'c0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ff'
const KEY = `0x${DIGITS}`
const { address } = new Wallet(KEY)
const PASSPHRASE = ' quiet otter, loud heron '
const NOTHING: KeySources = {
  keystoreFile: null,
  passphraseFile: null,
  keyFd: null,
  envKey: null,
}
/** The cheapest scrypt there is: what is tried here is not how long a guess takes. */
const CHEAP = { scrypt: { N: 2, r: 8, p: 1 } }

const folder = mkdtempSync(join(tmpdir(), 'wallet-key-'))
let json: string

beforeAll(async () => {
  json = await encryptKeystoreJson({ address, privateKey: KEY }, PASSPHRASE, CHEAP)
})

function file(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(mkdtempSync(join(folder, 'f-')), name)
  writeFileSync(path, content, { mode })
  chmodSync(path, mode)
  return path
}

/** The sentence a person would read; it never holds a piece of a secret. */
async function refusal(sources: Partial<KeySources>, ...secrets: string[]): Promise<string> {
  const error = await readWalletKey({ ...NOTHING, ...sources }).then(
    () => new Error('it was accepted'),
    (raised: unknown) => raised,
  )
  if (!(error instanceof UserError)) throw error
  expect(error.kind).toBe('preflight')
  expect(error.message).not.toMatch(/\n|undefined|\[object/)
  const told = `${error.message}\n${error.stack ?? ''}\n${JSON.stringify(error)}`.toLowerCase()
  for (const secret of [DIGITS, PASSPHRASE.trim(), ...secrets]) {
    for (let at = 0; at + 8 <= secret.length; at += 1)
      expect(told).not.toContain(secret.slice(at, at + 8).toLowerCase())
  }
  expect(error.cause).toBeUndefined()
  return error.message
}

function keystore(sources: { json?: string; passphrase?: string; modes?: [number, number] } = {}) {
  const [ofKeystore, ofPassphrase] = sources.modes ?? [0o600, 0o600]
  return {
    keystoreFile: file('key.json', sources.json ?? json, ofKeystore),
    passphraseFile: file('pass', sources.passphrase ?? `${PASSPHRASE}\n`, ofPassphrase),
  }
}

describe('one source and no other', () => {
  test('none: the sentence names every way to give one', async () => {
    for (const nothing of [{}, { keystoreFile: '', passphraseFile: '', envKey: ' ' }]) {
      expect(await refusal(nothing)).toMatch(
        /lastsecond init --keystore.*KEYSTORE_FILE.*KEY_FD.*POLYMARKET_PRIVATE_KEY/,
      )
    }
  })

  test('several: they are named, and none of them is opened', async () => {
    const missing = { keystoreFile: '/nowhere/key.json', passphraseFile: '/nowhere/pass' }
    expect(await refusal({ ...missing, envKey: KEY })).toMatch(
      /one place only.*KEYSTORE_FILE and POLYMARKET_PRIVATE_KEY/,
    )
    const fd = openSync(file('key', KEY), 'r')
    expect(await refusal({ ...missing, keyFd: fd, envKey: KEY })).toMatch(
      /KEYSTORE_FILE and KEY_FD and POLY/,
    )
    expect(fstatSync(fd).isFile()).toBe(true)
    closeSync(fd)
  })
})

describe('the environment', () => {
  test.each([KEY, DIGITS, KEY.toUpperCase(), `0X${DIGITS.toUpperCase()}`, ` \t${KEY}\r\n`])(
    'way of writing %#',
    async (envKey) => {
      expect(await readWalletKey({ ...NOTHING, envKey })).toEqual({
        address,
        privateKey: KEY,
        from: 'env',
      })
    },
  )

  test.each([
    ['one digit too few', KEY.slice(0, -1), /has 63 hex digits; a private key is 64 hex digits/],
    ['one digit too many', `${KEY}7`, /has 65 hex digits/],
    ['an address', address, /as long as an address/],
    ['0x alone', '0x', /has 0 hex digits/],
    ['a sign that is none', `${KEY.slice(0, -1)}g`, /no hex digit/],
    ['a line break within', `${KEY.slice(0, 30)}\n${KEY.slice(30)}`, /whitespace within/],
    ['quotes', `"${KEY}"`, /quotes/],
    ['a seed phrase', 'test test test test test test test test test test test junk', /seed phrase/],
    ['zero', '0'.repeat(64), /not the key of any account/],
    ['beyond the curve', 'f'.repeat(64), /not the key of any account/],
  ])('%s', async (_, envKey, message) => {
    const said = await refusal({ envKey }, ...(envKey.length > 40 ? [envKey] : []))
    expect(said).toMatch(message)
    expect(said).toMatch(/^POLYMARKET_PRIVATE_KEY \(or PRIVATE_KEY\) /)
  })

  test('whatever text is there, it is a key or a sentence without it', async () => {
    const text = fc.oneof(
      fc.string({ minLength: 8, maxLength: 90 }),
      fc.stringMatching(/^0?x?[0-9a-fA-F]{50,80}$/),
    )
    await fc.assert(
      fc.asyncProperty(text, async (envKey) => {
        const result = await readWalletKey({ ...NOTHING, envKey }).catch((error: unknown) => error)
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(UserError)
          expect(result.message).not.toContain(envKey.trim() || 'x'.repeat(99))
        } else {
          expect(result).toMatchObject({ from: 'env' })
        }
      }),
    )
  })
})

describe('the keystore', () => {
  test.each([`${PASSPHRASE}\n`, `${PASSPHRASE}\r\n`, PASSPHRASE])(
    'opens; the line end of the passphrase file %# does not count, its blanks do',
    async (passphrase) => {
      const sources = { ...NOTHING, ...keystore({ passphrase }) }
      expect(await readWalletKey(sources)).toEqual({ address, privateKey: KEY, from: 'keystore' })
    },
  )

  test('the one that ethers makes by itself opens too', async () => {
    const own = await new Wallet(KEY).encrypt(PASSPHRASE)
    const key = await readWalletKey({ ...NOTHING, ...keystore({ json: own }) })
    expect(key.privateKey).toBe(KEY)
  })

  test('an owner who may only read is enough', async () => {
    const key = await readWalletKey({ ...NOTHING, ...keystore({ modes: [0o400, 0o400] }) })
    expect(key.address).toBe(address)
  })

  test.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644])(
    'mode %o lets others in: the chmod to run',
    async (mode) => {
      const open = keystore({ modes: [mode, 0o600] })
      expect(await refusal(open)).toMatch(`run: chmod 600 ${open.keystoreFile}`)
      const told = keystore({ modes: [0o600, mode] })
      expect(await refusal(told)).toMatch(`run: chmod 600 ${told.passphraseFile}`)
    },
  )

  test('a path with blanks is quoted in the chmod', async () => {
    const keystoreFile = file("it's mine.json", json, 0o644)
    const said = await refusal({ ...keystore(), keystoreFile })
    const command = /run: (chmod .*)$/.exec(said)?.[1] ?? ''
    expect(spawnSync('sh', ['-c', command]).status).toBe(0)
    expect(statSync(keystoreFile).mode & 0o777).toBe(0o600)
  })

  test.each(['wrong', PASSPHRASE.trim(), `${PASSPHRASE} `])(
    'passphrase %j is not the one',
    async (passphrase) => {
      const given = keystore({ passphrase })
      expect(await refusal(given, 'quiet otter')).toMatch(
        `the passphrase does not open the keystore file ${given.keystoreFile}; correct ${given.passphraseFile}`,
      )
    },
  )

  test.each([
    ['a bare key', () => KEY],
    ['no JSON', () => `{"Crypto": ${DIGITS}`],
    ['another JSON', () => JSON.stringify({ privateKey: KEY })],
    ['nothing', () => ''],
    ['another version', () => json.replace('"version":3', '"version":1')],
  ])('%s is not a keystore', async (_, text) => {
    expect(await refusal(keystore({ json: text() }))).toMatch(
      /is not an encrypted keystore; .*init/,
    )
  })

  test.each([
    ['an unknown kdf', (text: string) => text.replace('"kdf":"scrypt"', '"kdf":"rot13"')],
    ['an unknown cipher', (text: string) => text.replace('aes-128-ctr', 'aes-999')],
    [
      'the address of another',
      (text: string) => text.replace(/"address":"..../, '"address":"0000'),
    ],
    [
      'an address that is none',
      (text: string) => text.replace(/"address":"..../, '"address":"zzzz'),
    ],
    ['no iv', (text: string) => text.replace(/"iv":"\w+"/, '"iv":"00"')],
  ])('%s: damaged', async (_, damage) => {
    const damaged = damage(json)
    expect(damaged).not.toBe(json)
    expect(await refusal(keystore({ json: damaged }))).toMatch(/damaged or encrypted in a way/)
  })

  test('files that are missing, empty, folders, too large or no text', async () => {
    const good = keystore()
    expect(await refusal({ ...good, keystoreFile: '/nowhere/key.json' })).toMatch(
      '/nowhere/key.json does not exist',
    )
    expect(await refusal({ ...good, passphraseFile: null })).toMatch(
      /needs its passphrase: set KEYSTORE_PASSPHRASE_FILE/,
    )
    const empty = file('empty', '\n')
    expect(await refusal({ ...good, passphraseFile: empty })).toMatch(`${empty} is empty`)
    const inner = join(mkdtempSync(join(folder, 'd-')), 'inner')
    mkdirSync(inner)
    expect(await refusal({ ...good, keystoreFile: inner })).toMatch(`${inner} is not a file`)
    expect(await refusal({ ...good, passphraseFile: '/dev/null' })).toMatch('is not a file')
    const huge = file('huge', 'a'.repeat(70_000))
    expect(await refusal({ ...good, keystoreFile: huge })).toMatch('too large')
    const bytes = file('bytes', Buffer.from([0xff, 0xfe, 0x00, 0xc3]))
    expect(await refusal({ ...good, passphraseFile: bytes })).toMatch('not text in UTF-8')
  })

  test('a secret written where a path belongs is not said again', async () => {
    const good = keystore()
    for (const passphraseFile of [PASSPHRASE, KEY, `${PASSPHRASE}/x`, PASSPHRASE.repeat(300)])
      expect(await refusal({ ...good, passphraseFile })).toMatch(/never the passphrase itself/)
    for (const keystoreFile of [KEY, DIGITS, DIGITS.toUpperCase()])
      expect(await refusal({ ...good, keystoreFile })).toMatch(/\[hidden.*does not exist/)
  })
})

describe('a file descriptor', () => {
  /** A shell's `3< FILE`: this process opens it, the reader closes it. */
  const opened = (text: string) => openSync(file('handed', text), 'r')

  test('is read to its end, and closed', async () => {
    const keyFd = opened(`${KEY}\n`)
    expect(await readWalletKey({ ...NOTHING, keyFd })).toEqual({
      address,
      privateKey: KEY,
      from: 'fd',
    })
    expect(() => fstatSync(keyFd)).toThrow(/EBADF/)
  })

  test('is closed also when what it holds is no key', async () => {
    for (const [text, message] of [
      ['', /holds nothing/],
      [KEY.slice(0, 50), /48 hex digits/],
      [`${KEY}\n`.repeat(100), /far more than a key/],
    ] as const) {
      const keyFd = opened(text)
      expect(await refusal({ keyFd })).toMatch(message)
      expect(() => fstatSync(keyFd)).toThrow(/EBADF/)
    }
  })

  test('may be a pipe whose writer takes its time', async () => {
    const built = new URL('../../../dist/venues/polymarket/wallet-key.js', import.meta.url).href
    const script = `import(${JSON.stringify(built)})
      .then(({ readWalletKey }) => readWalletKey({ keystoreFile: null, passphraseFile: null, keyFd: 3, envKey: null }))
      .then(({ address, from }) => console.log(address, from))`
    const child = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    })
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const pipe = child.stdio[3] as Writable
    pipe.write(KEY.slice(0, 20))
    setTimeout(() => pipe.end(`${KEY.slice(20)}\n`), 300)
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, out]).toEqual([0, `${address} fd\n`])
  })

  test('that is not open, or not for reading, is named', async () => {
    const keyFd = opened('')
    closeSync(keyFd)
    expect(await refusal({ keyFd })).toMatch(
      `file descriptor ${keyFd} (wallet.keyFd, KEY_FD) is not open`,
    )
    expect(await refusal({ keyFd: 1 })).toMatch(/where the program writes/)
    const folderFd = openSync(folder, 'r')
    expect(await refusal({ keyFd: folderFd })).toMatch(/neither a pipe nor a file/)
    closeSync(folderFd)
    const writeOnly = openSync(file('w', ''), 'w')
    expect(await refusal({ keyFd: writeOnly })).toMatch(/cannot be read \(EBADF\)/)
  })
})

test('a new private file is the owner’s alone under any umask, and replaces nothing', () => {
  const old = process.umask(0)
  try {
    const path = join(mkdtempSync(join(folder, 'n-')), 'new')
    writeNewPrivateFile(path, 'first')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(() => writeNewPrivateFile(path, 'second')).toThrow(/EEXIST/)
    expect(readFileSync(path, 'utf8')).toBe('first')
  } finally {
    process.umask(old)
  }
})
