import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'

/** Work that goes on beside the requests. What fails is logged and tried again at the next turn. */
export class Loops {
  readonly #stop = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  every(seconds: number, name: string, work: () => Promise<unknown>): void {
    this.#running.push(this.#loop(seconds, name, work))
  }

  /** Lets the turns that are under way finish, and starts no other. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#running)
  }

  async #loop(seconds: number, name: string, work: () => Promise<unknown>) {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await work().catch((error: unknown) => this.#log.error('loop_failed', { loop: name, error }))
      await sleep(seconds * 1000, undefined, { signal, ref: false }).catch(() => {})
    }
  }
}
