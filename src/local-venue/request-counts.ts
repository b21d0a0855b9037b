/** How often each route was asked for: what a bot costs the venue. */
import type { Handler, Routes } from './http.ts'

export type RequestCounts = {
  /** The same routes, counted by their keys from now on. */
  counted(routes: Routes): Routes
  all(): Readonly<Record<string, number>>
}

export function createRequestCounts(): RequestCounts {
  const counts: Record<string, number> = {}
  const count =
    (key: string, handler: Handler): Handler =>
    (ask) => {
      counts[key] = (counts[key] ?? 0) + 1
      return handler(ask)
    }
  return {
    counted: (routes) =>
      Object.fromEntries(Object.entries(routes).map(([key, one]) => [key, count(key, one)])),
    all: () => ({ ...counts }),
  }
}
