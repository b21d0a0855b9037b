/** The door of Gamma. */
import type { Faults } from './faults.ts'
import { type Gate, ok, refusal } from './http.ts'

/** What stands in front of every Gamma answer: the missing User-Agent, and the faults. */
export function gammaGate(deps: { readonly faults: Faults }): Gate {
  return (ask) => {
    const { faults } = deps
    if (faults.strikes('gamma-down')) return 'reset'
    if (ask.headers['user-agent'] === undefined) {
      return refusal(403, 'Gamma wants a User-Agent header; send one.')
    }
    if (faults.strikes('gamma-429')) {
      return { status: 429, body: { error: 'Too Many Requests' }, headers: { 'Retry-After': '1' } }
    }
    if (faults.strikes('gamma-500')) return refusal(500, 'internal server error')
    if (faults.strikes('gamma-html')) {
      const page = '<!DOCTYPE html><html><body><h1>Just a moment...</h1></body></html>'
      return ok(page, { 'Content-Type': 'text/html; charset=utf-8' })
    }
    return null
  }
}
