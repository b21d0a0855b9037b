/** What no single setting can know: settings that contradict each other. */
import { UserError } from '../domain/user-error.ts'
import { type Origin, originText } from './origin.ts'
import type { Config } from './schema.ts'

export function crossCheck(config: Config): void {
  const { startBufferSec, minTimeToStartSec, maxMinutesAhead, pollIntervalSec } = config.discovery
  refuseWhen(
    minTimeToStartSec >= startBufferSec,
    `discovery.minTimeToStartSec (${minTimeToStartSec}) must be less than discovery.startBufferSec (${startBufferSec}), else no window is ever early enough`,
  )
  refuseWhen(
    maxMinutesAhead * 60 < startBufferSec,
    `discovery.maxMinutesAhead (${maxMinutesAhead} minutes) must reach at least discovery.startBufferSec (${startBufferSec} seconds) ahead, else every window is found too late`,
  )
  refuseWhen(
    pollIntervalSec > maxMinutesAhead * 60,
    `discovery.pollIntervalSec (${pollIntervalSec}) must not be longer than discovery.maxMinutesAhead (${maxMinutesAhead} minutes), else windows close between two polls`,
  )
  refuseWhen(
    !config.control.allowRemote && !isLoopback(config.control.host),
    `control.host ${config.control.host} can be reached by other machines; set control.allowRemote to true if that is meant`,
  )
  gatesCheck(config.gates)
  const { signatureType, funder } = config.wallet
  refuseWhen(
    signatureType !== 'eoa' && funder === '',
    `wallet.signatureType ${signatureType} needs wallet.funder (FUNDER_ADDRESS), the address of the wallet that holds the money`,
  )
}

/** A pair of bounds between which nothing lies would be a bot that never shoots and does not say why. */
function gatesCheck(gates: Config['gates']): void {
  const pairs = [
    ['zoneToSec', 'zoneFromSec'],
    ['volatilityMin', 'volatilityMax'],
    ['priceMin', 'priceMax'],
  ] as const
  for (const [low, high] of pairs) {
    const [least, most] = [gates[low], gates[high]]
    refuseWhen(
      typeof least === 'number' && typeof most === 'number' && least >= most,
      `gates.${low} (${least}) must be less than gates.${high} (${most}), else no order ever passes`,
    )
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function refuseWhen(broken: boolean, message: string): void {
  if (broken) throw new UserError('config', message)
}

/** The same of made-up takers that nobody has asked for. */
export function idlePaperSettings(
  { paper }: Config,
  origins: ReadonlyMap<string, Origin>,
): string[] {
  if (paper.flow === 'model') return []
  const idle = ['paper.flowBase', 'paper.flowDepthShare', 'paper.flowNoise', 'paper.seed']
  return idle.flatMap((path) => {
    const origin = origins.get(path)
    // In a file they stand beside paper.flow, for whoever reads it.
    if (origin?.kind !== 'environment' && origin?.kind !== 'env_file') return []
    return [
      `${path} (${originText(origin)}) is not used: paper.flow is trades; with model, takers are made up by it`,
    ]
  })
}

/** Settings of the wallet that do nothing as they stand: no reason to stop a dry run, but somebody believes in them. */
export function idleWalletSettings({ wallet }: Config): string[] {
  const { signatureType, funder, keystoreFile, passphraseFile } = wallet
  const notes: string[] = []
  if (signatureType === 'eoa' && funder !== '')
    notes.push(
      'wallet.funder is not used: with wallet.signatureType eoa the key moves its own money; proxy, safe and deposit have a funder',
    )
  if (keystoreFile === '' && passphraseFile !== '')
    notes.push('wallet.passphraseFile is not used: wallet.keystoreFile is not set')
  return notes
}
