/** The embedded venue as a child process: whoever waited for it in vain is not kept by it. Runs what was built. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const CHILD = new URL('../../dist/cli/venue-child.js', import.meta.url).href

test('one that does not start in time is ended, and so is the program that started it', async () => {
  const program = `
    const { startVenueChild } = await import(${JSON.stringify(CHILD)})
    await startVenueChild(['--profile', 'demo'], 1).catch((error) => console.log(error.message))`
  const out = await new Promise<string>((resolve, reject) =>
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), timeout: 60_000 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    ),
  )
  expect(out.trim()).toBe('the embedded venue did not start within 0.001 seconds')
})
