/** Settings of the wallet that live trading signs with: where its key is, never the key. A dry run opens none of it. */
import { z } from 'zod'
import { KEY_META } from './key-meta.ts'

const SIGNATURE_TYPES = ['eoa', 'proxy', 'safe', 'deposit'] as const
/** How the venue, and other bots with it, count them. */
const VENUE_NUMBERS = { 0: 'eoa', 1: 'proxy', 2: 'safe', 3: 'deposit' }

/** A key pasted where a path belongs would be shown with the settings, so it is refused. */
function secretPath(env: string, meaning: string) {
  return z
    .string()
    .refine((text) => !looksLikeKey(text))
    .default('')
    .describe(meaning)
    .register(KEY_META, { env: [env], range: 'a path, or nothing' })
}

function looksLikeKey(text: string): boolean {
  return /[0-9a-f]{64}/i.test(text)
}

export const wallet = z.strictObject({
  keystoreFile: secretPath(
    'KEYSTORE_FILE',
    'Encrypted keystore with the key of live trading; `lastsecond init --keystore FILE` makes one',
  ),
  passphraseFile: secretPath(
    'KEYSTORE_PASSPHRASE_FILE',
    'File that holds the passphrase of the keystore, readable by you alone',
  ),
  keyFd: z
    .union([z.literal('none'), z.int().min(0).max(1024)])
    .default('none')
    .describe('Open file descriptor that the key of live trading is read from, once')
    .register(KEY_META, { env: ['KEY_FD'] }),
  signatureType: z
    .enum(SIGNATURE_TYPES)
    .default('eoa')
    .describe(
      'Whose money the key moves. eoa: its own; proxy, safe, deposit: that of the wallet the venue made for it, named by wallet.funder',
    )
    .register(KEY_META, { env: ['SIGNATURE_TYPE'], aliases: VENUE_NUMBERS }),
  funder: z
    .string()
    .regex(/^(0x[0-9a-fA-F]{40})?$/)
    .default('')
    .describe('Address of the wallet that holds the money; needed for every signature type but eoa')
    .register(KEY_META, {
      env: ['FUNDER_ADDRESS'],
      range: 'an address, 0x and 40 hex digits, or nothing; in quotes in YAML',
    }),
})
