import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nock from 'nock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { markets } from '../../../src/cli/verbs/markets.ts'
import { PRODUCTION } from '../../../src/venues/polymarket/endpoints.ts'
import { clobMarket, conditionOf, slugOf, wireEvent } from '../../venues/polymarket/gamma-events.ts'

const GLOBAL = { json: true, config: undefined, profile: undefined, logLevel: undefined }
/** The venue's clock stands here, years from ours. */
const VENUE_SEC = 1_595_194_060
const SPEC = { startSec: 1_595_193_900, endSec: 1_595_194_200 }

let folder = ''
let printed: string[] = []

beforeEach(() => {
  nock.disableNetConnect()
  folder = mkdtempSync(join(tmpdir(), 'markets-'))
  printed = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text))
    return true
  })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const venue = {
    ...PRODUCTION,
    gamma: 'https://gamma.example',
    clob: 'https://clob.example',
    control: 'https://control.example',
    account: { privateKey: '0x01', address: '0x02' },
    chainId: 137,
  }
  writeFileSync(join(folder, 'venue.json'), JSON.stringify(venue))
})

afterEach(() => {
  vi.restoreAllMocks()
  nock.cleanAll()
  nock.enableNetConnect()
  rmSync(folder, { recursive: true })
})

test('one poll by the clock of the venue prints one line for each window', async () => {
  const slug = slugOf(SPEC)
  nock('https://clob.example').persist().get('/time').reply(200, String(VENUE_SEC))
  nock('https://clob.example')
    .get(`/clob-markets/${conditionOf(slug)}`)
    .reply(200, clobMarket(slug))
  nock('https://gamma.example')
    .get('/events')
    .query(true)
    .reply(200, [wireEvent(SPEC)])
  const args = { ...GLOBAL, asset: 'btc', interval: '5m', 'venue-json': join(folder, 'venue.json') }
  expect(await markets.run(args)).toBe(0)
  expect(printed).toHaveLength(1)
  const line: unknown = JSON.parse(printed.join(''))
  expect(line).toMatchObject({ market: slug, listed: true, asset: 'btc', takerHold: true })
})

test('an unknown asset is refused with the list of the known ones', async () => {
  const args = { ...GLOBAL, asset: 'doge', 'venue-json': join(folder, 'venue.json') }
  await expect(markets.run(args)).rejects.toThrow(/btc, eth, sol, xrp.*doge/)
})

test('a venue file that is not there is named', async () => {
  const args = { ...GLOBAL, 'venue-json': join(folder, 'nothing.json') }
  await expect(markets.run(args)).rejects.toThrow(/nothing\.json cannot be read/)
})

test('a venue that cannot be asked is an error, not an empty list', async () => {
  nock('https://clob.example').persist().get('/time').reply(200, String(VENUE_SEC))
  nock('https://gamma.example').get('/events').query(true).reply(403, '<html>no</html>')
  const args = { ...GLOBAL, asset: 'btc', interval: '5m', 'venue-json': join(folder, 'venue.json') }
  await expect(markets.run(args)).rejects.toThrow(/gamma\.example\/events answered 403/)
})
