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

/** Why a place outside gave no answer at all. */
export type OutsideFault =
  | 'not_allowed'
  | 'name_unknown'
  | 'not_public'
  | 'connection_refused'
  | 'certificate_invalid'
  | 'too_slow'
  | 'too_large'
  | 'unreachable'

/** A place outside gave no answer: `fault` says why, so that whoever named it can be told. */
export class OutsideError extends Error {
  override name = 'OutsideError'
  readonly fault: OutsideFault

  constructor(fault: OutsideFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/**
 * Fetches from a place that somebody outside named: at most three seconds and 64 kB unless the request allows
 * more, no redirects, public addresses only.
 *
 * @throws OutsideError when it may not be fetched or gives no answer in time
 */
export type OutsideFetch = (url: string, request?: OutsideRequest) => Promise<OutsideAnswer>

export const TIMEOUT_MS = 3_000
export const MOST_BYTES = 65_536
