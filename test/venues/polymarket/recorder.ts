/** What an adapter said and logged, for tests to look at. */
import type { EngineEvent, EventKind } from '../../../src/domain/events.ts'
import type { EventSink, Log } from '../../../src/domain/ports.ts'

type LogLine = {
  readonly level: keyof Log
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

export function aLog(): Log & { readonly lines: LogLine[]; messages(level: keyof Log): string[] } {
  const lines: LogLine[] = []
  const at =
    (level: keyof Log): Log['info'] =>
    (message, data) => {
      lines.push({ level, message, data: data ?? {} })
    }
  return {
    lines,
    messages: (level) => lines.flatMap((line) => (line.level === level ? [line.message] : [])),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

export function anInbox(): {
  readonly events: EngineEvent[]
  readonly emit: EventSink
  of<Kind extends EventKind>(kind: Kind): Extract<EngineEvent, { kind: Kind }>[]
} {
  const events: EngineEvent[] = []
  return {
    events,
    emit: (event) => {
      events.push(event)
    },
    of: <Kind extends EventKind>(kind: Kind) =>
      events.filter((event): event is Extract<EngineEvent, { kind: Kind }> => event.kind === kind),
  }
}
