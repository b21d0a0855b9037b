// npm run bench -- NAME [--quick] [--json], or --all. Measures the built code, so build first. --tiny measures nothing: whether a bench still runs.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(here)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))
const words = process.argv.slice(2)
const wanted = words.includes('--all') ? names : words.filter((word) => !word.startsWith('--'))

if (!existsSync(`${here}../dist/cli/main.js`)) {
  process.stderr.write('bench: there is no dist/ to measure; run npm run build first\n')
  process.exit(1)
}
if (wanted.length === 0 || !wanted.every((name) => names.includes(name))) {
  process.stderr.write(`bench: name one of ${names.join(', ')}, or --all\n`)
  process.exit(2)
}
for (const name of wanted) {
  const { bench } = await import(`./${name}.bench.mjs`)
  const tiny = words.includes('--tiny')
  const result = await bench({ quick: tiny || words.includes('--quick'), tiny })
  if (!words.includes('--json')) {
    for (const row of result.rows) process.stderr.write(`${JSON.stringify(row)}\n`)
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
