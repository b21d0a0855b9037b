// Runs after every install. Builds dist/ in a checkout; does nothing in a production install, where the compiler is absent
// (npm runs `prepare` there too and would otherwise fail).

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
if (existsSync(compiler)) {
  const build = fileURLToPath(new URL('./build.mjs', import.meta.url))
  process.exit(spawnSync(process.execPath, [build], { stdio: 'inherit' }).status ?? 1)
}
