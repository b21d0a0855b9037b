/**
 * No verb takes a key or a passphrase as an argument: every program of the machine can read the arguments of every other, and the shell writes them
 * into its history. Looked at before anything else reads them, so that no complaint about an argument repeats one.
 */
import { UserError } from '../domain/user-error.ts'

const SECRET_FLAG =
  /^--?(private[-_]?key|secret[-_]?key|pk|mnemonic|seed[-_]?phrase|passphrase|password)(=|$)/i
/** Other verbs take 64 hex digits for what they are: the id of a market. */
const KEY = /(^|=)["']?(0x)?[0-9a-f]{64}["']?$/i

export function refuseSecretsInArguments(
  argv: readonly string[],
  verb: 'init' | 'unknown' | 'other',
): void {
  const flag = argv.find((word) => SECRET_FLAG.test(word))
  if (flag !== undefined) throw refusal(`${flag.split('=')[0]} is not taken: a key or a passphrase`)
  if (verb !== 'other' && argv.some((word) => KEY.test(word)))
    throw refusal('an argument looks like a private key, and one')
}

function refusal(what: string): UserError {
  return new UserError(
    'usage',
    `${what} on the command line can be read by every program here and stays in the shell's history; give the key with \`init --keystore FILE --key-stdin\` and the passphrase with --passphrase-file, and if this key holds money, move it to a new one`,
  )
}
