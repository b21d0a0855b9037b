/** What a request asks for. Anybody may send anything: what is no address at all is null, never an error. */
export function requestUrl(target: string | undefined): URL | null {
  const text = target ?? '/'
  // Put together as text: resolved against a base, "//" would begin a host.
  const absolute = text.startsWith('/') ? `http://venue${text}` : text
  return URL.canParse(absolute) ? new URL(absolute) : null
}
