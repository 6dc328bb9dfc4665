import { BrokerCallFailed, type BrokerClient } from './broker-client.ts'

/** What was handed over on a token. */
export interface Delivery {
  tokenId: string
  deliveredAt: Date
  datatypes: string[]
  records: number
}

export interface ReportOptions {
  /** Deliveries that wait for the broker, at most; more are lost, and told to `onLost`. */
  maxWaiting?: number
  /** How long a first delivery waits for others to go along. */
  delayMs?: number
  /** Told of what the broker refused or what did not fit: for a log. */
  onLost?: (delivery: Delivery, error: unknown) => void
}

const BATCH = 100
const MAX_PAUSE_MS = 60_000

/**
 * Tells the broker what was delivered (`POST /v1/uses`), in batches, after the answer went out. A broker that is down is
 * tried again with growing pauses; a batch it refuses is sent one by one, so that one bad report spoils no other.
 */
export function useReporter(client: BrokerClient, { maxWaiting = 10_000, delayMs = 200, onLost = () => {} }: ReportOptions) {
  const waiting: Delivery[] = []
  let draining: Promise<void> | undefined
  let hurry: (() => void) | undefined

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: unknown = setTimeout(resolve, ms)
      // A process that wants to end is not held up by a report that waits.
      if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref: () => void }).unref()
      hurry = resolve
    })
  }

  const send = (deliveries: Delivery[], key: string) =>
    client.call(
      'uses',
      'POST',
      '/v1/uses',
      {
        uses: deliveries.map(({ tokenId, deliveredAt, datatypes, records }) => ({
          jti: tokenId,
          delivered_at: deliveredAt.toISOString(),
          datatypes,
          records,
        })),
      },
      { 'idempotency-key': key },
    )

  /** Sends until the broker took it or said no for good. */
  async function deliver(deliveries: Delivery[]): Promise<void> {
    const key = crypto.randomUUID()
    for (let attempt = 0; ; attempt++) {
      try {
        await send(deliveries, key)
        return
      } catch (error) {
        if (mayPass(error)) {
          await pause(Math.min(MAX_PAUSE_MS, 500 * 2 ** attempt) * (0.5 + Math.random()))
        } else if (deliveries.length > 1) {
          for (const delivery of deliveries) await deliver([delivery])
          return
        } else {
          lose(deliveries[0]!, error)
          return
        }
      }
    }
  }

  function lose(delivery: Delivery, error: unknown): void {
    try {
      onLost(delivery, error)
    } catch {
      return
    }
  }

  async function drain(): Promise<void> {
    await pause(delayMs)
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      await deliver(batch)
      waiting.splice(0, batch.length)
    }
    draining = undefined
  }

  return {
    /** Returns at once; never throws. The promise resolves when nothing waits any more: give it to `waitUntil` on Workers. */
    report(delivery: Delivery): Promise<void> {
      if (waiting.length >= maxWaiting) {
        lose(delivery, new Error('too many deliveries wait for the broker'))
        return Promise.resolve()
      }
      waiting.push(delivery)
      draining ??= drain()
      return draining
    },
    /** Sends what waits without waiting for more. Resolves when nothing waits, or after `withinMs`. */
    async settled(withinMs = 5_000): Promise<void> {
      hurry?.()
      let timer: ReturnType<typeof setTimeout> | undefined
      const enough = new Promise((resolve) => {
        timer = setTimeout(resolve, withinMs)
      })
      await Promise.race([draining, enough])
      clearTimeout(timer)
    },
  }
}

const mayPass = (error: unknown) =>
  !(error instanceof BrokerCallFailed) || error.status === 0 || [401, 408, 425, 429].includes(error.status) || error.status >= 500
