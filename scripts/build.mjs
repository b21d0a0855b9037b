// src/ -> dist/ with the compiler alone. The old dist/ goes first, so that a deleted source leaves nothing behind.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })
const compiler = `${root}node_modules/typescript/bin/tsc`
const run = spawnSync(process.execPath, [compiler, '-p', `${root}tsconfig.build.json`], {
  stdio: 'inherit',
  cwd: root,
})
if (run.status !== 0) process.exit(run.status ?? 1)
chmodSync(`${root}dist/cli/main.js`, 0o755)
