/** The seconds before a live run begins. Runs what was built. */
import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { folder, main } from './program.ts'

describe('the locks before real money', () => {
  test('--live counts down without a terminal, then trades on the embedded venue', async () => {
    const cwd = folder()
    const child = spawn(process.execPath, [main, 'run', '--live'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let err = ''
    let out = ''
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await until(() => out.includes('found'))
    expect(err).toMatch(/LIVE ON EMBEDDED VENUE: starting in 5 seconds/)
    expect(err).toMatch(/ {2}1\.\.\./)
    expect(out).toMatch(/LIVE ON EMBEDDED VENUE/)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  test('Ctrl-C in the countdown ends it', async () => {
    let err = ''
    let code: unknown
    // Again where this process was put aside until the count was over.
    for (let tries = 1; tries === 1 || (tries <= 5 && err.includes('1...')); tries += 1) {
      const child = spawn(process.execPath, [main, 'run', '--live'], {
        cwd: folder(),
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      err = ''
      let interrupted = false
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString()
        if (!interrupted && err.includes('4...')) interrupted = child.kill('SIGINT')
      })
      code = await new Promise((resolve) => child.once('close', resolve))
    }
    expect(code).toBe(7)
    expect(err).toMatch(/aborted before it began/)
    expect(err).not.toMatch(/ {2}1\.\.\./)
  })
})
