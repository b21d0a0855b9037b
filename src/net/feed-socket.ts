/**
 * The skeleton of every source of prices: one socket that comes back, whose ends are told as lost or, where no other attempt will do, as
 * refused. A source says only what is its own: its greeting, its frames, and which ends are for good.
 */
import { openSocket, type Socket, type SocketEnd, type SocketOptions } from './socket.ts'

/** What the owner of the source gave it. */
export type FeedSocketDeps = {
  readonly url: string
  readonly silenceMs: number
  readonly random: () => number
  tell(state: 'open' | 'lost' | 'refused', detail: string): void
}

export type FeedScript = {
  /** Where it is not the owner's address as it stands. */
  readonly url?: string
  readonly ping?: SocketOptions['ping']
  /** Sent first on each connection; left out, nothing is. */
  greeting?(): string
  /** Answers to the upgrade after which no other attempt will do. */
  readonly closedDoors?: readonly number[]
  /** As of the socket: null is for good, undefined the usual back-off. */
  pauseAfter?(end: SocketEnd): number | null | undefined
  hear(frame: Buffer): void
  /** A connection is there. */
  begin(): void
  /** It is gone, or the source is closed. */
  end?(): void
}

export type FeedSocket = {
  start(): void
  close(): Promise<void>
  send(text: string): void
  /** Real data came. */
  touch(): void
  reconnect(why: string): void
  /** The source will not have us, now or later. */
  refuse(why: string): void
}

export function createFeedSocket(deps: FeedSocketDeps, script: FeedScript): FeedSocket {
  let socket: Socket | null = null
  let refused = false
  return {
    start() {
      refused = false
      socket = openSocket({
        url: script.url ?? deps.url,
        ping: script.ping ?? null,
        silenceMs: deps.silenceMs,
        random: deps.random,
        greeting: () => script.greeting?.() ?? '',
        givesUp(status) {
          refused ||= script.closedDoors?.includes(status) === true
          return refused
        },
        pauseAfter(end) {
          const pause = script.pauseAfter?.(end)
          refused ||= pause === null
          return refused ? null : pause
        },
        onFrame: script.hear,
        onOpen: script.begin,
        onLost(reason) {
          script.end?.()
          deps.tell(refused ? 'refused' : 'lost', reason)
        },
      })
    },
    async close() {
      script.end?.()
      await socket?.close()
    },
    send: (text) => socket?.send(text),
    touch: () => socket?.touch(),
    reconnect: (why) => socket?.reconnect(why),
    refuse(why) {
      refused = true
      socket?.giveUp(why)
    },
  }
}
