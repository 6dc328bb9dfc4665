// autocannon ships no types; this is the part of it that the benchmark uses.
declare module 'autocannon' {
  namespace autocannon {
    interface Request {
      method: 'GET' | 'POST'
      path: string
      headers?: Record<string, string>
      body?: string
    }
    interface Client {
      setRequests(requests: Request[]): void
      on(event: 'body', listener: (body: Buffer) => void): void
    }
    interface Options {
      url: string
      connections: number
      amount: number
      timeout?: number
      setupClient?: (client: Client) => void
    }
    interface Result {
      latency: { p50: number; p99: number }
      non2xx: number
      errors: number
    }
  }
  function autocannon(options: autocannon.Options): Promise<autocannon.Result>
  export = autocannon
}
