// Loaded before the program (NODE_OPTIONS=--import): writes down every file it opens for reading, and the names of the secrets it was born with.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const fs = createRequire(import.meta.url)('node:fs')
const { appendFileSync } = fs
const notes = process.env.SPY_FILE

function note(entry) {
  appendFileSync(notes, `${JSON.stringify(entry)}\n`)
}

function watch(owner, name) {
  const original = owner[name]
  owner[name] = function watched(path, ...rest) {
    if (typeof path !== 'number')
      note({ file: resolve(path instanceof URL ? fileURLToPath(path) : String(path)) })
    return original.call(this, path, ...rest)
  }
}

if (notes !== undefined) {
  const secrets = Object.keys(process.env).filter((name) => /PRIVATE_KEY|^CLOB_/.test(name))
  note({ verb: process.argv[2], secrets })
  for (const name of ['open', 'openSync', 'readFile', 'readFileSync', 'createReadStream'])
    watch(fs, name)
  for (const name of ['open', 'readFile']) watch(fs.promises, name)
  syncBuiltinESMExports()
}
