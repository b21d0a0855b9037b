/** The little that the venue needs of an HTTP server: routes with parameters, JSON in and out, a limit on bodies. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Bugs } from './bugs.ts'
import { requestUrl } from './request-url.ts'

export type Ask = {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = {
  readonly status: number
  /** A text is sent as it is, anything else as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** `reset` drops the connection without a word. */
export type Answer = Reply | 'reset'
export type Handler = (ask: Ask) => Answer | Promise<Answer>
/** The key is a method and a path whose `:name` parts are parameters: "GET /events/slug/:slug". */
export type Routes = Readonly<Record<string, Handler>>

export type ServiceOptions = {
  readonly routes: Routes
  /** The time that the Date header tells. */
  dateMs(): number
  readonly before: Gate
  readonly bugs: Bugs
}

/** Answers before any route, or says null. */
export type Gate = (ask: Ask) => Answer | null

const BODY_BYTES_MAX = 1024 * 1024
/** Longer bodies are read to their end and thrown away, so that the refusal is heard; but not for ever. */
const UPLOAD_BYTES_MAX = 64 * BODY_BYTES_MAX
const KEEP_ALIVE_MS = 65_000

export function ok(body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return headers === undefined ? { status: 200, body } : { status: 200, body, headers }
}

export function refusal(status: number, error: string): Reply {
  return { status, body: { error } }
}

/** A parameter of the path; empty when the route has none of that name. */
export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? ''
}

export function createService(options: ServiceOptions): Server {
  const routes = Object.entries(options.routes).map(([key, handler]) => parseRoute(key, handler))
  const server = createServer((request, response) => {
    answer(options, routes, request, response).catch((error: unknown) => {
      options.bugs.report(error)
      if (response.headersSent) request.socket.destroy()
      else send(response, options, refusal(500, 'The embedded venue could not answer.'))
    })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}

type Route = {
  readonly method: string
  readonly parts: readonly string[]
  readonly handler: Handler
}

function parseRoute(key: string, handler: Handler): Route {
  const [method = 'GET', path = '/'] = key.split(' ')
  return { method, parts: partsOf(path), handler }
}

/** A slash at the end changes nothing, two in a row are a path that nobody has. */
function partsOf(path: string): string[] {
  const parts = path.split('/').slice(1)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

async function answer(
  options: ServiceOptions,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(request.url)
  const body = await readBody(request)
  // The client went away while it sent its body.
  if (body === 'gone') return
  if (url === null) return send(response, options, refusal(400, 'Bad Request'))
  if (body === 'too long') {
    const headers = { Connection: 'close' }
    return send(response, options, { ...refusal(413, 'Payload exceeds the limit'), headers })
  }
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
  const ask: Ask = {
    method,
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers: request.headers,
    body: body.text,
  }
  const said = options.before(ask) ?? (await route(routes, ask))
  if (said === 'reset') request.socket.resetAndDestroy()
  else send(response, options, said)
}

async function route(routes: readonly Route[], ask: Ask): Promise<Answer> {
  const parts = partsOf(ask.path)
  let otherMethod = false
  for (const candidate of routes) {
    const params = matchParts(candidate.parts, parts)
    if (params === null) continue
    if (candidate.method === ask.method) return candidate.handler({ ...ask, params })
    otherMethod = true
  }
  return otherMethod ? refusal(405, 'Method Not Allowed') : refusal(404, 'not found')
}

function matchParts(
  wanted: readonly string[],
  given: readonly string[],
): Record<string, string> | null {
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    const value = given[at] as string
    if (part.startsWith(':')) params[part.slice(1)] = decode(value)
    else if (part !== value) return null
  }
  return params
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Not well-formed: it names nothing we have, as it stands.
    return value
  }
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly text: string } | 'too long' | 'gone'> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length
      if (bytes > UPLOAD_BYTES_MAX) return 'gone'
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk as Buffer)
    }
  } catch {
    // A connection that broke off.
    return 'gone'
  }
  return bytes > BODY_BYTES_MAX ? 'too long' : { text: Buffer.concat(chunks).toString('utf8') }
}

function send(response: ServerResponse, options: ServiceOptions, reply: Reply): void {
  const text = typeof reply.body === 'string'
  const body = text ? (reply.body as string) : JSON.stringify(reply.body)
  response.writeHead(reply.status, {
    Date: new Date(options.dateMs()).toUTCString(),
    'Content-Type': text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Access-Control-Allow-Origin': '*',
    ...reply.headers,
  })
  response.end(body)
}
