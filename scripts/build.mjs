// src/ -> dist/ with the compiler alone. The old dist/ goes first, so that a deleted source leaves nothing behind.
// dist/build.json says which program this is: the version, and the SHA-256 of all that runs, in the order of the paths.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = `${root}dist/`
rmSync(dist, { recursive: true, force: true })
const compiler = `${root}node_modules/typescript/bin/tsc`
const run = spawnSync(process.execPath, [compiler, '-p', `${root}tsconfig.build.json`], {
  stdio: 'inherit',
  cwd: root,
})
if (run.status !== 0) process.exit(run.status ?? 1)
chmodSync(`${dist}cli/main.js`, 0o755)

const hash = createHash('sha256')
const scripts = readdirSync(dist, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.js'))
  .sort()
for (const name of scripts) hash.update(`${name}\n`).update(readFileSync(`${dist}${name}`))
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
writeFileSync(
  `${dist}build.json`,
  `${JSON.stringify({ version, hash: hash.digest('hex') }, null, 2)}\n`,
)
