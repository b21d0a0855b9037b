/** What the control server serves, for programs: OpenAPI 3.1, written by hand and held against the routes and their answers by a test. */

const text = { type: 'string' } as const
const number = { type: 'number' } as const
const whole = { type: 'integer' } as const
const flag = { type: 'boolean' } as const
const texts = { type: 'array', items: text } as const

type Schema = Readonly<Record<string, unknown>>

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  }
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}

function answer(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } }
}

const error = object({ error: text })
const side = object({ state: text, bid: orNull(text), ask: orNull(text), ageMs: orNull(number) })
const window = object({
  slug: text,
  asset: text,
  interval: text,
  state: text,
  leftMs: number,
  up: side,
  down: side,
  decision: orNull(text),
  reason: orNull(text),
})
const account = object({
  atStake: text,
  positions: whole,
  dayPnl: text,
  drawdown: text,
  tripwire: object({
    shots: whole,
    wins: number,
    expected: number,
    evidence: number,
    haltsAt: orNull(number),
    needed: orNull(whole),
    text,
  }),
})
const changes = { type: 'array', items: object({ key: text, from: text, to: text }) } as const
const engine = object({
  cash: text,
  paused: flag,
  halted: flag,
  haltReason: orNull(text),
  stopping: flag,
  clock: orNull(object({ offsetMs: number, errorMs: number })),
  roundTrip: orNull(object({ p50Ms: number, p99Ms: number })),
  account,
  stakes: orNull(text),
  changed: changes,
  windows: { type: 'array', items: window },
})
const status = object({
  mode: { enum: ['dry', 'live'] },
  venue: text,
  strategy: text,
  startedAt: text,
  ready: flag,
  notReady: texts,
  totals: object({ settled: whole, fired: whole, filled: whole, wins: whole, pnl: text }),
  engine,
  ageMs: number,
})

const wrongHost = answer('the Host header names another machine', error)

function get(summary: string, responses: Readonly<Record<string, Schema>>): Schema {
  return { get: { summary, responses: { ...responses, '403': wrongHost } } }
}

function post(summary: string, action: string): Schema {
  return {
    post: {
      summary,
      security: [{ key: [] }],
      responses: {
        '200': answer(
          'the engine has taken it and the ledger keeps it',
          object({ ok: { const: true }, action: { const: action } }),
        ),
        '401': answer('the key is missing or wrong', error),
        '403': wrongHost,
        '429': answer('said too often', error),
        '503': answer('no answer from the bot within two seconds, or it could not', error),
      },
    },
  }
}

/** Settings by their dotted names. */
const settings = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  minProperties: 1,
  examples: [{ 'params.maxAsk': '0.95', 'limits.maxPositionUsd': '50' }],
} as const

const parameters: Schema = {
  patch: {
    summary:
      'changes settings of params, limits, sizing and gates from the next decision on, all of them or none; not kept over a restart',
    security: [{ key: [] }],
    requestBody: { required: true, content: { 'application/json': { schema: settings } } },
    responses: {
      '200': answer(
        'the engine has taken them and the ledger keeps who changed what; those that were so already are not named',
        object({ ok: { const: true }, changed: changes, note: text }),
      ),
      '400': answer('a setting is unknown, out of its range or needs a restart', error),
      '401': answer('the key is missing or wrong', error),
      '403': wrongHost,
      '413': answer('more than 16 KiB', error),
      '429': answer('said too often', error),
      '503': answer('no answer from the bot within two seconds, or it could not', error),
    },
  },
}

export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'lastsecond control server',
    version: '1',
    description:
      'A running bot: what it does, and the words of a person to it. Only PATCH /parameters has a body; others are ignored.',
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-API-KEY' } },
  },
  paths: {
    '/health': get('the process lives', {
      '200': answer('it does', object({ status: { const: 'ok' }, uptimeSec: whole })),
    }),
    '/ready': get('the bot can do its work', {
      '200': answer('it can', object({ ready: { const: true }, reasons: texts })),
      '503': answer('not yet, or not now', object({ ready: { const: false }, reasons: texts })),
    }),
    '/status': get('windows, books, clock, totals', {
      '200': answer('the last report, and how old it is', status),
      '503': answer('there was none yet', error),
    }),
    '/openapi.json': get('this description', {
      '200': answer('OpenAPI 3.1', { type: 'object' }),
    }),
    '/parameters': parameters,
    '/pause': post('no new shots until resume; survives a restart', 'pause'),
    '/resume': post('ends the pause and the halt, whoever halted', 'resume'),
    '/stop': post(
      'no new windows and shots; the bot ends when what it fired in is settled',
      'stop',
    ),
    '/emergency-stop': post(
      'a halt: no shots, what rests is withdrawn; survives a restart until resume',
      'kill',
    ),
  },
} as const
