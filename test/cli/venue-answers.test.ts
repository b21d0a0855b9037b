/** Verbs that only look end by themselves, with the cause. */
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { hearTrouble, within } from '../../src/cli/venue-answers.ts'
import { PRODUCTION } from '../../src/venues/polymarket/endpoints.ts'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const never = new Promise<never>(() => undefined)

test('an answer that does not come ends with the last cause that was heard', async () => {
  const trouble = hearTrouble(() => undefined)
  trouble.log.warn('the clock could not be read', { reason: 'ENOTFOUND clob.example' })
  await expect(within(never, 20, 'clob did not tell its time', trouble)).rejects.toMatchObject({
    kind: 'timeout',
    message: 'clob did not tell its time within 0.02 s: ENOTFOUND clob.example',
  })
  const silent = hearTrouble(() => undefined)
  await expect(within(never, 20, 'nothing came', silent)).rejects.toThrow(/^nothing came within/)
  expect(await within(Promise.resolve(7), 20, 'nothing came', silent)).toBe(7)
})

test('the same trouble is told once, with its cause', () => {
  const said: string[] = []
  const { log } = hearTrouble((line) => said.push(line))
  for (let count = 0; count < 3; count += 1) log.warn('not read', { reason: 'ECONNREFUSED' })
  log.error('lost', { error: new Error('reset') })
  log.info('fine')
  expect(said).toEqual(['not read: ECONNREFUSED', 'lost: reset'])
})

test('ws-test ends where the venue cannot be reached: exit code 5, the address and the cause', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  server.close()
  const cwd = mkdtempSync(join(tmpdir(), 'ws-test-'))
  const clob = `http://127.0.0.1:${port}`
  const line = { ...PRODUCTION, clob, gamma: clob, control: clob, chainId: 137 }
  const account = { privateKey: '0x01', address: '0x02' }
  writeFileSync(join(cwd, 'venue.json'), JSON.stringify({ ...line, account }))
  const child = spawn(
    process.execPath,
    [main, 'ws-test', '--seconds', '1', '--venue-json', 'venue.json'],
    { cwd, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(err).toContain(`${clob} did not tell its time within 10 s: `)
  expect(err).toContain('ECONNREFUSED')
  expect(code).toBe(5)
})
