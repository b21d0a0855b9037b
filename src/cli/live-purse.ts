/**
 * Whose money live verbs mean, and with which credentials: on an embedded venue the play account that it printed, whatever keys are set; on Polymarket
 * the key from its one place. Opening a purse on Polymarket opens the key.
 */
import type { LoadedConfig } from '../config/load.ts'
import { secretValue } from '../config/secrets.ts'
import { UserError } from '../domain/user-error.ts'
import type { ApiCredentials } from '../venues/polymarket/account.ts'
import { createSigner, type SigningWallet } from '../venues/polymarket/signer.ts'
import { readWalletKey } from '../venues/polymarket/wallet-key.ts'
import { keySources, namedKeySources } from './wallet-sources.ts'

const TYPE_NUMBERS = { eoa: 0, proxy: 1, safe: 2, deposit: 3 } as const
const CREDENTIAL_NAMES = ['CLOB_API_KEY', 'CLOB_SECRET', 'CLOB_PASSPHRASE'] as const

export type Purse = {
  readonly wallet: SigningWallet
  /** Of the key. */
  readonly address: string
  /** Where the key came from, in words. */
  readonly from: string
  /** Null: they are derived from the key. */
  readonly credentials: ApiCredentials | null
}

type Place = Parameters<typeof secretValue>[1]

export async function openPurse(
  loaded: LoadedConfig,
  account: { readonly privateKey: string; readonly address: string } | null,
  place?: Place,
): Promise<Purse> {
  if (account !== null) {
    return {
      wallet: { privateKey: account.privateKey, signatureType: 0, funder: null },
      address: account.address,
      from: 'the play account of the embedded venue',
      credentials: null,
    }
  }
  const credentials = givenCredentials(place)
  const key = await readWalletKey(keySources(loaded, place))
  const wallet = walletOf(key.privateKey, loaded.config.wallet)
  const from = namedKeySources(loaded).join()
  return { wallet, address: createSigner(wallet).address, from, credentials }
}

/** The key with the place its money lies in, which must fit each other. */
export function walletOf(
  privateKey: string,
  { signatureType, funder }: LoadedConfig['config']['wallet'],
): SigningWallet {
  const wallet = { privateKey, signatureType: TYPE_NUMBERS[signatureType] }
  if (signatureType === 'eoa') {
    if (funder === '') return { ...wallet, funder: null }
    throw new UserError(
      'preflight',
      `SIGNATURE_TYPE is eoa, the money of the key itself, but FUNDER_ADDRESS names ${funder}; take FUNDER_ADDRESS away, or set SIGNATURE_TYPE to proxy, safe or deposit`,
    )
  }
  if (funder === '') {
    throw new UserError(
      'preflight',
      `SIGNATURE_TYPE is ${signatureType}, but nothing says which wallet holds the money; set FUNDER_ADDRESS to the address that the site shows as yours`,
    )
  }
  const own = createSigner({ ...wallet, funder: null }).address
  if (own.toLowerCase() === funder.toLowerCase()) {
    throw new UserError(
      'preflight',
      `FUNDER_ADDRESS is the key's own address, so the wallet type cannot be ${signatureType}; set SIGNATURE_TYPE to eoa and take FUNDER_ADDRESS away`,
    )
  }
  return { ...wallet, funder }
}

/** Two of three would be an accident: which one is missing is said, never a value. */
export function givenCredentials(place?: Place): ApiCredentials | null {
  const [apiKey, secret, passphrase] = CREDENTIAL_NAMES.map((name) => secretValue(name, place))
  if (apiKey && secret && passphrase) return { apiKey, secret, passphrase }
  const missing = CREDENTIAL_NAMES.filter((name) => secretValue(name, place) === null)
  if (missing.length === CREDENTIAL_NAMES.length) return null
  throw new UserError(
    'preflight',
    `of the API credentials ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set; set all three, or none and they are derived from the key`,
  )
}
