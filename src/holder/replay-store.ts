/**
 * Remembers which DPoP proofs were used (RFC 9449 §11.1). A holder with several processes needs one store for all of them:
 * one `INSERT … ON CONFLICT DO NOTHING` in a database, or `SET … NX PXAT` in Redis.
 */
export interface ReplayStore {
  /**
   * True for exactly one caller per key, also when many ask at once; false for all others until `expiresAt`.
   * Rejects when it cannot tell: the request is then refused.
   */
  useOnce(key: string, expiresAt: Date): boolean | Promise<boolean>
}

/**
 * A replay store for one process. Full is full: past `max` unexpired keys it rejects rather than forget one.
 * Keys come only from verified clients, so strangers cannot fill it.
 */
export function memoryReplayStore({ max = 1_000_000, now = Date.now }: { max?: number; now?: () => number } = {}): ReplayStore {
  const used = new Map<string, number>()
  return {
    useOnce(key, expiresAt) {
      const at = now()
      // Keys stand nearly in the order of their expiry, so looking from the front until one still counts is enough.
      for (const [old, until] of used) {
        if (until > at) break
        used.delete(old)
      }
      const until = used.get(key)
      if (until !== undefined && until > at) return false
      if (used.size >= max) throw new Error('the replay store is full')
      used.set(key, expiresAt.getTime())
      return true
    },
  }
}
