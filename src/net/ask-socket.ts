/** One question on a connection of its own: connects, sends a text, takes the first frame that answers it, and hangs up. */
import { WebSocket } from 'ws'

export type Question<Answer> = {
  readonly url: string
  readonly text: string
  /** Covers all of it, connecting too. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Null: not the answer. Must not throw. */
  answerIn(frame: Buffer): Answer | null
}

/** Null when no answer came: too late, cut, refused or no longer wanted. */
export function askSocket<Answer>(question: Question<Answer>): Promise<Answer | null> {
  return new Promise((resolve) => {
    if (question.signal.aborted) return resolve(null)
    const socket = new WebSocket(question.url, {
      perMessageDeflate: false,
      handshakeTimeout: question.timeoutMs,
    })
    const hangUp = (): void => {
      clearTimeout(late)
      question.signal.removeEventListener('abort', none)
      socket.terminate()
    }
    const none = (): void => {
      hangUp()
      resolve(null)
    }
    const late = setTimeout(none, question.timeoutMs)
    question.signal.addEventListener('abort', none)
    socket.on('open', () => socket.send(question.text))
    socket.on('error', none)
    socket.on('close', none)
    socket.on('message', (data) => {
      const answer = question.answerIn(data as Buffer)
      if (answer === null) return
      hangUp()
      resolve(answer)
    })
  })
}
