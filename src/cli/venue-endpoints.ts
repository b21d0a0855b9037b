/** The addresses that a verb works against: a venue that runs already, one started for this verb, or the real one. */
import { readFileSync } from 'node:fs'
import { UserError } from '../domain/user-error.ts'
import {
  type Endpoints,
  PRODUCTION,
  parseVenueJson,
  type VenueLine,
} from '../venues/polymarket/endpoints.ts'
import { startVenueChild, type VenueChild } from './venue-child.ts'

export type VenueChoice = {
  readonly venue: string
  /** File with the JSON line of a running embedded venue. */
  readonly venueJson: string | undefined
  readonly childFlags: readonly string[]
}

export type Venue = {
  readonly endpoints: Endpoints
  readonly notes: readonly string[]
  /** The play money of an embedded venue; null where money is real. */
  readonly account: VenueLine['account'] | null
  /** It was started for this verb and knows nothing of before. */
  readonly isNew: boolean
  /** Tells when a venue that was started for this verb ends by itself. */
  onGone(tell: (reason: string) => void): void
  stop(): Promise<void>
}

export async function openVenue({ venue, venueJson, childFlags }: VenueChoice): Promise<Venue> {
  if (venueJson !== undefined)
    return {
      ...known(readVenueFile(venueJson)),
      isNew: false,
      onGone,
      stop: () => Promise.resolve(),
    }
  if (venue !== 'local')
    return {
      endpoints: PRODUCTION,
      notes: [],
      account: null,
      isNew: false,
      onGone,
      stop: () => Promise.resolve(),
    }
  const child: VenueChild = await startVenueChild(childFlags)
  return {
    ...known(parseVenueJson(child.line)),
    isNew: true,
    onGone: child.onGone,
    stop: child.stop,
  }
}

/** A venue that was not started here does not end here. */
function onGone(): void {
  // Its silence is told by the sockets and the clock.
}

function known(line: VenueLine): Pick<Venue, 'endpoints' | 'notes' | 'account'> {
  return { endpoints: line, notes: line.notes, account: line.account }
}

function readVenueFile(file: string): VenueLine {
  try {
    return parseVenueJson(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError('usage', `--venue-json ${file} cannot be read: ${(error as Error).message}`)
  }
}
