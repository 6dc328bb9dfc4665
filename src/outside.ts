export interface OutsideRequest {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Of the answer; as for a set of keys when absent. */
  mostBytes?: number
  timeoutMs?: number
}

export interface OutsideAnswer {
  status: number
  text: string
  contentType?: string | undefined
}

/**
 * Fetches from a place that somebody outside named: at most three seconds and 64 kB unless the request allows
 * more, no redirects, public addresses only.
 * Rejects when it may not be fetched or gives no answer in time.
 */
export type OutsideFetch = (url: string, request?: OutsideRequest) => Promise<OutsideAnswer>

export const TIMEOUT_MS = 3_000
export const MOST_BYTES = 65_536
