// Only what needs types or knows purity; everything else is biome's.
import tseslint from 'typescript-eslint'

const PURE = ['domain', 'book', 'pricing', 'risk', 'engine', 'strategies', 'sim', 'lab'].map(
  (room) => `src/${room}/**/*.ts`,
)

const FORBIDDEN_GLOBALS = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'fetch',
  'crypto',
  'console',
].map((name) => ({
  name,
  message: 'A pure folder knows no clock, no timers, no process and no network.',
}))

/** A function's own lines, without the functions inside it: a closure of many small functions is not one long function. */
const ownLines = {
  create(context) {
    const inner = []
    const enter = () => inner.push(0)
    const leave = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1
      const own = lines - inner.pop()
      if (inner.length > 0) inner[inner.length - 1] += lines
      if (own > 70)
        context.report({
          node,
          message: `This function has ${own} lines of its own; 70 is the limit.`,
        })
    }
    return { ':function': enter, ':function:exit': leave }
  },
}

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/fixtures/**', '.cache/**', 'coverage/**'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin, own: { rules: { lines: ownLines } } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      'own/lines': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: PURE,
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'AwaitExpression:not(:function *)',
          message:
            'A thread that is ended while its modules wait takes the whole process with it (Node 22).',
        },
      ],
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-globals': ['error', ...FORBIDDEN_GLOBALS],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Randomness comes seeded, from sim/random.ts.',
        },
        { object: 'Math', property: 'pow', message: 'Math.pow differs between Node lines.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: 'A pure folder is synchronous.' },
        { selector: 'AwaitExpression', message: 'A pure folder is synchronous.' },
        { selector: "BinaryExpression[operator='**']", message: '** differs between Node lines.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [
      ...PURE,
      'src/net/clock.ts',
      'src/local-venue/**',
      'src/cli/**',
      'src/telemetry/**',
      'src/control/**',
      'src/ledger/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'net/clock.ts is the one reader of the system clock.',
        },
        {
          object: 'performance',
          property: 'now',
          message: 'net/clock.ts is the one reader of the system clock.',
        },
      ],
    },
  },
)
