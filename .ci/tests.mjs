// Runs every suite, the quiet ones beside the others: tests on each Node line, against real programs, live on the embedded venue. A file with a failure is
// run once more, alone, when everything beside it is over. What passes only then is named at the end; what fails twice fails the run.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { verdictOf } from './verdict.mjs'

const FOLDER = '.cache/ci'
/** More than these are no accident. */
const TRIED_AGAIN_AT_MOST = 10

/** Arguments: one path of a node binary for each line to test; the last of them runs everything, the others what a Node line could change. */
const binaries = process.argv.slice(2)
const own = binaries.at(-1)
const lines = binaries.map((node, at) => ({
  id: `node-${at}`,
  node,
  config: node === own ? 'vitest.config.ts' : 'vitest.line.config.ts',
}))
const beside = [
  { id: 'system', node: own, config: 'vitest.system.config.ts' },
  { id: 'live', node: own, config: 'vitest.live.config.ts' },
]

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })

/** What vitest says goes out at once, or, of a suite beside another one, when it is over. */
function vitest({ node, config }, file, files, isBeside) {
  const began = performance.now()
  const args = ['run', '--config', config, '--reporter=default', '--reporter=json']
  if (files.length > 0) args.push('--no-file-parallelism', ...files)
  const child = spawn(
    node,
    ['node_modules/vitest/vitest.mjs', ...args, `--outputFile.json=${file}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const kept = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (isBeside ? kept.push(chunk) : process.stdout.write(chunk)))
  return new Promise((resolve) =>
    child.once('close', (code) => {
      for (const chunk of kept) process.stdout.write(chunk)
      resolve({ ok: code === 0, sec: Math.round((performance.now() - began) / 1_000) })
    }),
  )
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults.map((one) => ({
      file: relative('.', one.name),
      ok: one.status === 'passed',
      tests: one.assertionResults.map(({ fullName, status }) => ({ name: fullName, status })),
    }))
  } catch {
    // It ended before it could write: nothing of it is known to have passed.
    return []
  }
}

async function run(suite, isBeside = false) {
  const file = `${FOLDER}/${suite.id}.json`
  const { ok, sec } = await vitest(suite, file, [], isBeside)
  const version = (await said(suite.node, 'process.versions.node')).trim()
  const name = suite.id.startsWith('node-') ? `Node ${version}` : suite.id
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${sec} s`)
  return { suite, name, ok, first: read(file), second: null }
}

/** With nothing beside it, one file after the other. */
async function again(ran) {
  const failed = ran.first.filter(({ ok }) => !ok).map(({ file }) => file)
  if (ran.ok || failed.length > TRIED_AGAIN_AT_MOST) return ran
  console.log(`== ${ran.name}, a second try: ${failed.join(', ') || 'everything'}`)
  const file = `${FOLDER}/${ran.suite.id}-again.json`
  const { ok, sec } = await vitest(ran.suite, file, failed, false)
  console.log(`== ${ran.name}, second try: ${ok ? 'passed' : 'FAILED'} in ${sec} s`)
  return { ...ran, second: { ok, results: read(file) } }
}

function said(node, what) {
  const child = spawn(node, ['-p', what], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  return new Promise((resolve) => child.once('close', () => resolve(out)))
}

const done = []
for (const line of lines) {
  const other = beside.shift()
  const group = await Promise.all([run(line), ...(other === undefined ? [] : [run(other, true)])])
  for (const ran of group) done.push(await again(ran))
}
for (const other of beside) done.push(await again(await run(other)))

const { passed, failed, secondTries } = verdictOf(done)
for (const name of failed) console.log(`FAILED: ${name}`)
for (const name of secondTries) console.log(`needed a second try: ${name}`)
console.log(`${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
