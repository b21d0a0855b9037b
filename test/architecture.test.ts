import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

type Cruise = { summary: { totalCruised: number; violations: { rule: { name: string } }[] } }

function cruise(folder: string): Cruise {
  const run = spawnSync(
    process.execPath,
    [
      cruiser,
      'src',
      '--config',
      join(root, '.dependency-cruiser.cjs'),
      '--ts-config',
      join(root, 'tsconfig.json'),
      '--output-type',
      'json',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64_000_000 },
  )
  return JSON.parse(run.stdout) as Cruise
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

describe('the import law', () => {
  test('catches an upward import and a node module in a pure folder', () => {
    const { violations, totalCruised } = cruise(join(root, 'test/fixtures/architecture')).summary
    expect(totalCruised).toBeGreaterThan(1)
    const names = violations.map(({ rule }) => rule.name)
    expect(names).toContain('law-of-domain')
    expect(names).toContain('pure-imports-nothing')
  })

  test('holds in src, and src was really read', () => {
    const { violations, totalCruised } = cruise(root).summary
    expect(violations).toEqual([])
    expect(totalCruised).toBeGreaterThan(50)
  })
})

describe('the shape of the tree', () => {
  const sources = files(join(root, 'src'))

  test('every folder of src is named in ARCHITECTURE.md', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
    for (const folder of readdirSync(join(root, 'src')))
      expect(text, folder).toContain(`${folder}/`)
  })

  test('no drawer names, no files with two ideas by size', () => {
    for (const file of sources) {
      expect(file).not.toMatch(/\/(utils?|helpers?|common|index)(\/|\.ts$)/)
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThan(480)
    }
  })

  test('a frame becomes an order in six files', () => {
    const path = [
      'src/net/socket.ts',
      'src/venues/polymarket/market-channel.ts',
      'src/venues/polymarket/frame-decoder.ts',
      'src/runtime/dispatcher.ts',
      'src/engine/engine.ts',
      'src/runtime/sim-gateway.ts',
    ]
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
    for (const file of path) {
      expect(sources.map((one) => one.slice(root.length))).toContain(file)
      expect(text).toContain(file.replace('src/', ''))
    }
    for (const file of path.slice(1, 5)) {
      // One synchronous turn: nothing is awaited between the frame and the order.
      expect(
        readFileSync(join(root, file), 'utf8')
          .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
          .match(/await (?!socket\.close)/g) ?? [],
        file,
      ).toEqual([])
    }
  })
})
