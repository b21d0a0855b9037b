/** The thread that signs ahead may be ended at any moment of its life, and takes nothing with it. Runs what was built. */
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

const BUILT = new URL('../../../dist/venues/polymarket/ahead-signer.js', import.meta.url).href
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

test('ended while it still starts, the process lives', async () => {
  const program = `
    import { createAheadSigner } from '${BUILT}'
    for (let wait = 0; wait < 400; wait += 20) {
      const signer = createAheadSigner({ privateKey: '${KEY}', signatureType: 0, funder: null })
      await new Promise((resolve) => setTimeout(resolve, wait))
      await signer.close()
      await signer.close()
    }`
  const ended = new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (error, _out, err) =>
      resolve(error === null ? 0 : `${error.code ?? error.signal}: ${err}`),
    )
  })
  expect(await ended).toBe(0)
})
