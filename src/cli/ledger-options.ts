/** Which ledger a reading verb means: that of the configured venue, dry unless --live. */
import { join } from 'node:path'
import type { Argv } from 'yargs'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { type LedgerReader, openReader } from '../ledger/reader.ts'
import type { GlobalArgs } from './verb.ts'

export function ledgerOptions(argv: Argv): Argv {
  return argv
    .option('venue', { type: 'string', describe: 'local or polymarket; default: as configured' })
    .option('live', { type: 'boolean', default: false, describe: 'the ledger of live trading' })
}

type Given = GlobalArgs & Readonly<Record<string, unknown>>

/** The folder of ledger, run file and key, and the configuration that named it. */
export function placeOf(args: Given): { readonly folder: string; readonly config: Config } {
  const flags = { venue: args['venue'] as string | undefined }
  const { config } = loadConfig({
    config: args.config,
    profile: args.profile,
    logLevel: args.logLevel,
    flags,
  })
  const folder = join(config.dataDir, config.venue, args['live'] === true ? 'live' : 'dry')
  return { folder, config }
}

export function folderOf(args: Given): string {
  return placeOf(args).folder
}

export function withReader<Result>(args: Given, work: (reader: LedgerReader) => Result): Result {
  const reader = openReader(join(folderOf(args), 'ledger.db'))
  try {
    return work(reader)
  } finally {
    reader.close()
  }
}
