import type { ServerType } from '@hono/node-server'
import { createApp } from '../../src/app.ts'
import type { Deps } from '../../src/deps.ts'
import { deliverPings } from '../../src/oauth/ping.ts'
import { startWorker } from '../runtime/worker.ts'

/** A request as a server gets it, and its answer. */
export type Fetch = (request: Request) => Promise<Response>
/** The broker on one of the places where it runs. */
export interface Runtime {
  fetch: Fetch
  /** What the clock does beside the requests. */
  tick: () => Promise<unknown>
  close: () => Promise<void>
}

/** Where the broker runs, each on a database of its own. */
export const runtimes: Record<string, (deps: Deps, databaseUrl: string, smtpUrl: string) => Promise<Runtime>> = {
  node: async (deps) => ({
    fetch: async (request) => await createApp(() => deps).fetch(request),
    tick: async () => await deliverPings(deps),
    close: async () => {},
  }),
  workerd: async ({ issuer, secret }, databaseUrl, smtpUrl) => {
    const worker = await startWorker(databaseUrl, { ISSUER: issuer, BROKER_SECRET: secret, SMTP_URL: smtpUrl })
    return {
      fetch: async ({ url, method, headers, body }) => {
        const sent = body ? await new Response(body).arrayBuffer() : undefined
        const answer = await worker.fetch(url, { method, headers: [...headers], body: sent, redirect: 'manual' })
        return new Response(answer.status === 204 ? null : await answer.arrayBuffer(), {
          status: answer.status,
          headers: [...answer.headers],
        })
      },
      tick: () => worker.getWorker().scheduled({ cron: '* * * * *' }),
      close: () => worker.close(),
    }
  },
}

export const closed = (server: ServerType) => new Promise((resolve) => server.close(resolve))
