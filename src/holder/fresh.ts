/** A fetched value and until when it may be used, in milliseconds since 1970. */
export interface Fetched<T> {
  value: T
  usableUntil: number
}

/** A failed fetch is not repeated within this time: a broker that is down is not also hammered. */
const PAUSE_AFTER_FAILURE_MS = 500

/**
 * Values by key that are fetched when there is none or the last one is too old. Whoever asks while a fetch is under way
 * waits for that same fetch. A fetch that fails is everybody's failure: an old value is never used past its time.
 */
export function freshByKey<T>(load: (key: string) => Promise<Fetched<T>>, { now, max }: { now: () => number; max: number }) {
  const known = new Map<string, Fetched<T>>()
  const underWay = new Map<string, Promise<Fetched<T>>>()
  const failed = new Map<string, { at: number; error: unknown }>()

  async function refresh(key: string): Promise<Fetched<T>> {
    try {
      const fetched = await load(key)
      failed.delete(key)
      known.delete(key)
      known.set(key, fetched)
      if (known.size > max) known.delete(known.keys().next().value!)
      return fetched
    } catch (error) {
      if (failed.size > max) failed.clear()
      failed.set(key, { at: now(), error })
      throw error
    } finally {
      underWay.delete(key)
    }
  }

  /** `outdated` is a value the caller found wanting: it is fetched again, unless somebody did so already. */
  return async (key: string, outdated?: T): Promise<T> => {
    const have = known.get(key)
    if (have && have.value !== outdated && now() < have.usableUntil) return have.value
    // On Workers a promise of another request may not be awaited, so there each request fetches for itself.
    if (onWorkers) return (await refresh(key)).value
    const lately = failed.get(key)
    if (lately && now() < lately.at + PAUSE_AFTER_FAILURE_MS) throw lately.error
    let fetching = underWay.get(key)
    if (!fetching) {
      fetching = refresh(key)
      underWay.set(key, fetching)
    }
    return (await fetching).value
  }
}

const onWorkers = globalThis.navigator?.userAgent === 'Cloudflare-Workers'
