// The import law: each room of src/ and the rooms it may import. No line points upward.
const may = {
  domain: [],
  book: ['domain'],
  pricing: ['domain'],
  risk: ['domain'],
  engine: ['domain', 'book', 'pricing', 'risk'],
  strategies: ['domain', 'pricing'],
  sim: ['domain', 'book', 'pricing'],
  lab: ['domain', 'book', 'pricing', 'risk', 'engine', 'strategies', 'sim'],
  net: ['domain/units'],
  venues: ['domain', 'net'],
  recorder: ['domain'],
  ledger: ['domain'],
  telemetry: ['domain'],
  config: ['domain', 'strategies/registry'],
  control: ['domain', 'runtime/snapshot', 'config/schema'],
  runtime: [
    'domain',
    'book',
    'pricing',
    'engine',
    'strategies',
    'sim',
    'net',
    'venues',
    'recorder',
    'ledger',
    'telemetry',
    'config',
  ],
  'local-venue': ['domain', 'sim', 'net'],
  cli: ['.*'],
}

const PURE = '(domain|book|pricing|risk|engine|strategies|sim|lab)'

const rooms = Object.entries(may).map(([room, others]) => ({
  name: `law-of-${room}`,
  comment: `src/${room} may import only: ${[room, ...others].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/${room}/`, ...others.map((other) => `^src/${other}(/|\\.ts$)`)],
  },
}))

/** Only these files may import that package. */
function only(name, packages, homes) {
  return {
    name,
    severity: 'error',
    from: { path: '^src/', pathNot: homes },
    to: { path: packages.map((pkg) => `^node_modules/${pkg}/`) },
  }
}

module.exports = {
  forbidden: [
    ...rooms,
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'unknown-room',
      comment: 'every folder of src/ has a line in the law',
      severity: 'error',
      from: { path: '^src/', pathNot: Object.keys(may).map((room) => `^src/${room}/`) },
      to: {},
    },
    {
      name: 'pure-imports-nothing',
      comment:
        'pure folders import no package and no node: module; strategies may import zod for their parameters',
      severity: 'error',
      from: { path: `^src/${PURE}/`, pathNot: '^src/(strategies/|domain/strategy\\.ts$)' },
      to: { dependencyTypesNot: ['local', 'localmodule', 'type-only'], pathNot: '^src/' },
    },
    {
      name: 'strategies-import-only-zod',
      severity: 'error',
      from: { path: '^src/(strategies/|domain/strategy\\.ts$)' },
      to: { pathNot: ['^src/', '^node_modules/zod/'] },
    },
    {
      name: 'venues-know-not-each-other',
      severity: 'error',
      from: { path: '^src/venues/([^/]+)/' },
      to: { path: '^src/venues/', pathNot: '^src/venues/$1/' },
    },
    only('sockets-at-the-edge', ['ws'], ['^src/net/', '^src/local-venue/']),
    only(
      'keys-in-few-hands',
      ['ethers', '@polymarket/clob-client-v2'],
      [
        '^src/venues/polymarket/(signer|sign-worker|curve|keccak|account|redeem|funder-calls|wallet-key|key-text|keystore)\\.ts$',
        '^src/local-venue/',
        '^src/cli/verbs/',
      ],
    ),
    only(
      'signatures-in-few-hands',
      ['secp256k1', 'hash-wasm'],
      ['^src/venues/polymarket/(curve|keccak)\\.ts$'],
    ),
    only('one-owner-of-sql', ['libsql'], ['^src/ledger/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
