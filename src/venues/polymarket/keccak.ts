/**
 * The hash that everything signed is made of. The compiled one takes some milliseconds to be there. Nobody waits for it: until then the one that
 * `ethers` brings gives the same bytes.
 */
import { getBytes, keccak256 } from 'ethers'
import { createKeccak, type IHasher } from 'hash-wasm'

let compiled: IHasher | null = null
createKeccak(256).then(
  (hasher) => {
    compiled = hasher
  },
  () => undefined,
)

export function keccak(bytes: Uint8Array): Uint8Array {
  return compiled === null
    ? getBytes(keccak256(bytes))
    : compiled.init().update(bytes).digest('binary')
}
