/** Events as JSON lines, in the order in which the engine saw them. A tape replays to the same commands and facts. */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { EngineEvent } from '../domain/events.ts'
import type { Tape } from '../domain/ports.ts'

/** The stream is handed this much at a time, so that a line does not cost a system call. */
const CHUNK_CHARS = 65_536

export function createTape(path: string, onError: (error: Error) => void): Tape {
  const stream = createWriteStream(path, { flags: 'a' })
  // A full disk stops the recording and is told; it does not stop the trading.
  stream.on('error', onError)
  let buffer = ''

  function flush(): void {
    if (buffer !== '' && stream.writable) stream.write(buffer)
    buffer = ''
  }

  return {
    append(event) {
      buffer += `${JSON.stringify(event)}\n`
      if (buffer.length >= CHUNK_CHARS) flush()
    },
    async close() {
      flush()
      if (!stream.writable) return
      stream.end()
      await finished(stream)
    },
  }
}

/** Reads a tape back; a line that was cut off by a crash ends it. */
export function parseTape(text: string): EngineEvent[] {
  const events: EngineEvent[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      events.push(JSON.parse(line) as EngineEvent)
    } catch {
      // The process died while it wrote this line: all that comes before it is whole.
      return events
    }
  }
  return events
}
