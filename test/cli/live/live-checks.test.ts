/** Each state that keeps an account from trading is named, with what to do, against the embedded venue. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { geoblockLine } from '../../../src/cli/geoblock.ts'
import { checkAccount, refuseWhatFails } from '../../../src/cli/live-checks.ts'
import { givenCredentials, openPurse, type Purse, walletOf } from '../../../src/cli/live-purse.ts'
import { outcomeLines } from '../../../src/cli/outcome-checks.ts'
import { offsetLine, roughOffset } from '../../../src/cli/path-checks.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Beyond } from '../../../src/domain/strategy.ts'
import { microUsdc } from '../../../src/domain/units.ts'
import { type RunningVenue, startLocalVenue } from '../../../src/local-venue/venue.ts'
import { nowMicros } from '../../../src/net/clock.ts'
import { createHttp } from '../../../src/net/http.ts'
import { createClobReads } from '../../../src/venues/polymarket/clob-reads.ts'
import { approveDollars, approveOutcomes } from './chain.ts'

const V1 = '0xE111180000d2663C0091e4f400237545B87B996B'
const V2 = '0xe3333700cA9d93003F00f0F71f8515005F6c00Aa'
const STRANGER = `0x${'5'.repeat(64)}`
const limits = { maxPositionUsd: microUsdc(100_000_000) }

let venue: RunningVenue
let site: Server
let page: { readonly status: number; readonly body: string }

beforeAll(async () => {
  venue = await startLocalVenue({ profile: 'demo', seed: 3 })
  site = createServer((_, response) => {
    response.writeHead(page.status, { 'content-type': 'text/html' })
    response.end(page.body)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
})

beforeEach(async () => {
  await fetch(`${venue.endpoints.control}/faults`, { method: 'DELETE' })
})

afterAll(async () => {
  await venue.close()
  await new Promise((resolve) => site.close(resolve))
})

const siteUrl = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}`

function purse(change: Partial<Purse> = {}): Purse {
  const { privateKey, address } = venue.account
  return {
    wallet: { privateKey, signatureType: 0, funder: null },
    address,
    from: 'a test',
    credentials: null,
    ...change,
  }
}

async function states(one: Purse): Promise<Record<string, string>> {
  const { lines } = await checkAccount({ purse: one, endpoints: venue.endpoints, limits })
  return Object.fromEntries(lines.map(({ name, state }) => [name, state]))
}

async function refusal(one: Purse): Promise<string> {
  const { lines } = await checkAccount({ purse: one, endpoints: venue.endpoints, limits })
  try {
    refuseWhatFails(lines)
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

describe('the account', () => {
  test('of the venue itself passes every check', async () => {
    expect(await states(purse())).toEqual({
      key: 'ok',
      wallet: 'ok',
      geoblock: 'ok',
      credentials: 'ok',
      buying: 'ok',
      balance: 'ok',
      'allowance v1': 'ok',
      'allowance v2': 'ok',
    })
    expect(await refusal(purse())).toBe('nothing')
  })

  test('without an allowance is refused with the contract and the verb', async () => {
    await approveDollars(venue, V1, 0n)
    await approveDollars(venue, V2, 0n)
    const said = await states(purse())
    expect([said['allowance v1'], said['allowance v2']]).toEqual(['fail', 'warning'])
    expect(await refusal(purse())).toBe(
      `allowance v1: the exchange of v1 windows (${V1}) may not spend the dollars of this account; allow it with: lastsecond approve`,
    )
    await approveDollars(venue, V1, 99_000_000n)
    expect(await refusal(purse())).toMatch(/may spend 99.00 USD, less than one order may cost/)
    await approveDollars(venue, V1, 100_000_000n)
    expect(await refusal(purse())).toBe('nothing')
  })

  test('with credentials that are not its own is refused', async () => {
    const credentials = {
      apiKey: 'a',
      secret: Buffer.from('b').toString('base64'),
      passphrase: 'c',
    }
    const said = await refusal(purse({ credentials }))
    expect(said).toMatch(/^credentials: the venue refuses the given CLOB_API_KEY/)
    expect(said).toMatch(/take all three away and they are derived from it$/)
    expect(Object.keys(await states(purse({ credentials })))).not.toContain('balance')
  })

  test('with its own credentials given is taken', async () => {
    const { account } = await checkAccount({ purse: purse(), endpoints: venue.endpoints, limits })
    expect(account).not.toBe(null)
    const credentials = account?.credentials ?? null
    expect(await refusal(purse({ credentials }))).toBe('nothing')
  })

  test('that holds nothing is refused with both reasons there may be', async () => {
    const emptied = venueThatAnswers({ balance: '0', allowances: {} })
    try {
      const endpoints = { clob: await emptied.url(), site: venue.endpoints.site }
      const { lines } = await checkAccount({ purse: purse(), endpoints, limits })
      const line = lines.find(({ name }) => name === 'balance')
      expect(line).toMatchObject({ state: 'fail' })
      expect(line?.detail).toMatch(/holds no dollars \(pUSD\)/)
      expect(line?.fix).toMatch(/pay some in; .*SIGNATURE_TYPE and FUNDER_ADDRESS/)
      const funded = { ...purse().wallet, signatureType: 2 as const, funder: V1 }
      const other = await checkAccount({ purse: purse({ wallet: funded }), endpoints, limits })
      expect(other.lines.find(({ name }) => name === 'balance')?.fix).toMatch(/is not yours/)
    } finally {
      await emptied.close()
    }
  })

  test('that the venue lets only close positions is refused', async () => {
    const strict = venueThatAnswers({ closed_only: true, balance: '5', allowances: {} })
    try {
      const endpoints = { clob: await strict.url(), site: venue.endpoints.site }
      const { lines } = await checkAccount({ purse: purse(), endpoints, limits })
      expect(() => refuseWhatFails(lines)).toThrow(/^buying: .*only close positions.*; ask/)
    } finally {
      await strict.close()
    }
  })

  test('that cannot be reached is no account', async () => {
    const { lines, account } = await checkAccount({
      purse: purse(),
      endpoints: { clob: 'http://127.0.0.1:1', site: 'http://127.0.0.1:1' },
      limits,
    })
    expect(account).toBe(null)
    expect(() => refuseWhatFails(lines)).toThrow(/^credentials: the venue gives no API credentials/)
    expect(lines.find(({ name }) => name === 'geoblock')?.state).toBe('warning')
  })
})

describe('outcome tokens', () => {
  const lines = (beyond: readonly Beyond[]) =>
    outcomeLines(venue.endpoints.chain, purse().wallet, { beyond })

  test("are nobody's concern where nothing is sold", async () => {
    expect(await lines(['orders that wait', 'pairs'])).toEqual([])
  })

  test('may be moved from the start on the embedded venue', async () => {
    expect((await lines(['sales'])).map(({ state }) => state)).toEqual(['ok', 'ok'])
  })

  test('that may not be moved stop a strategy that sells, with the verb that allows it', async () => {
    await approveOutcomes(venue, V1, false)
    const [first] = await lines(['sales'])
    await approveOutcomes(venue, V1, true)
    expect(first).toMatchObject({ state: 'fail', fix: 'allow it with: lastsecond approve' })
    expect(first?.detail).toContain(V1)
  })

  test('of which the chain does not tell are a warning', async () => {
    const [one] = await outcomeLines('http://127.0.0.1:1', purse().wallet, { beyond: ['sales'] })
    expect(one?.state).toBe('warning')
  })
})

describe('the place', () => {
  test.each([
    [{ status: 200, body: '{"blocked":true,"country":"US","region":"NY"}' }, 'fail', /from US NY/],
    [{ status: 403, body: '<html>blocked</html>' }, 'fail', /HTTP 403, a block page/],
    [{ status: 200, body: '{"blocked":false,"country":"IE"}' }, 'ok', /IE is served/],
    [{ status: 200, body: '<html></html>' }, 'warning', /HTML instead of JSON/],
    [{ status: 200, body: '{"blocked":"perhaps"}' }, 'warning', /cannot be read/],
  ])('%j', async (answer, state, words) => {
    page = answer
    const line = await geoblockLine(siteUrl())
    expect([line.state, line.fix !== '']).toEqual([state, state !== 'ok'])
    expect(line.detail).toMatch(words)
  })
})

describe('the clock', () => {
  const offset = () =>
    roughOffset(
      createClobReads({
        http: createHttp({ userAgent: 'test', timeoutMs: 5_000, now: nowMicros }),
        endpoints: venue.endpoints,
      }),
    )

  test('of this machine passes', async () => {
    expect(offsetLine(await offset(), true).state).toBe('ok')
  })

  test('3 s off is refused, and says which way', async () => {
    await fetch(`${venue.endpoints.control}/faults`, {
      method: 'POST',
      body: JSON.stringify({ name: 'clock-skew' }),
    })
    const line = offsetLine(await offset(), true)
    expect(line.state).toBe('fail')
    expect(line.detail).toMatch(/ahead of this machine's: one of the two is wrong/)
    expect(line.fix).toMatch(/timedatectl/)
  })

  test('of an embedded venue at a time of its own is nobody to compare with', () => {
    const years = { offsetMicros: -4e13, errorMicros: 1_000 }
    expect([offsetLine(years, true).state, offsetLine(years, false).state]).toEqual(['ok', 'fail'])
  })
})

describe('the purse', () => {
  const own = '0x1f9090aaE28b8a3dCeaDf281B0F12828e676c326'

  test.each([
    [{ signatureType: 'eoa', funder: own }, /take FUNDER_ADDRESS away/],
    [{ signatureType: 'safe', funder: '' }, /set FUNDER_ADDRESS/],
  ] as const)('%j does not fit', (wallet, words) => {
    const settings = { ...loadConfig({ cwd: '/', env: {} }).config.wallet, ...wallet }
    expect(() => walletOf(STRANGER, settings)).toThrow(words)
  })

  test("the key's own address as the funder does not fit", () => {
    const settings = loadConfig({ cwd: '/', env: {} }).config.wallet
    const { privateKey, address } = venue.account
    const wrong = { ...settings, signatureType: 'proxy' as const, funder: address.toLowerCase() }
    expect(() => walletOf(privateKey, wrong)).toThrow(/set SIGNATURE_TYPE to eoa/)
    expect(walletOf(privateKey, { ...wrong, funder: own })).toMatchObject({
      signatureType: 1,
      funder: own,
    })
  })

  test('two of three credentials are an accident', () => {
    const place = (env: Record<string, string>) => ({ cwd: '/', env })
    expect(givenCredentials(place({}))).toBe(null)
    expect(() => givenCredentials(place({ CLOB_API_KEY: 'a', CLOB_SECRET: 'b' }))).toThrow(
      /^of the API credentials CLOB_PASSPHRASE is not set; set all three/,
    )
    const all = { CLOB_API_KEY: 'a', CLOB_SECRET: 'b', CLOB_PASSPHRASE: 'c' }
    expect(givenCredentials(place(all))).toEqual({ apiKey: 'a', secret: 'b', passphrase: 'c' })
  })

  test.each([
    [{ POLYMARKET_PRIVATE_KEY: 'not a key' }, /64 hex/],
    [{}, /needs a key/],
    [{ POLYMARKET_PRIVATE_KEY: STRANGER, CLOB_SECRET: 'x' }, /CLOB_API_KEY and CLOB_PASSPHRASE/],
  ])('%j opens nothing', async (env, words) => {
    const loaded = loadConfig({ cwd: '/', env, flags: { venue: 'polymarket' } })
    await expect(openPurse(loaded, null, { cwd: '/', env })).rejects.toThrow(words)
  })

  test('of an embedded venue is the printed one, whatever is set', async () => {
    const env = { POLYMARKET_PRIVATE_KEY: STRANGER, CLOB_SECRET: 'x' }
    const loaded = loadConfig({ cwd: '/', env })
    const { wallet, credentials } = await openPurse(loaded, venue.account, { cwd: '/', env })
    expect([wallet.privateKey, credentials]).toEqual([venue.account.privateKey, null])
  })
})

/** Says what it is told to of the account, and takes whoever asks for credentials. */
function venueThatAnswers(says: object) {
  const server = createServer((request, response) => {
    const isTime = request.url?.startsWith('/time') === true
    const keys = { apiKey: 'a', secret: Buffer.from('b').toString('base64'), passphrase: 'c' }
    response.setHeader('content-type', 'application/json')
    response.end(
      isTime
        ? String(Math.floor(Date.now() / 1_000))
        : JSON.stringify({ closed_only: false, ...keys, ...says }),
    )
  })
  return {
    async url() {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
