import { createApp } from './app.ts'
import { runBoardJobs } from './board-jobs.ts'
import { systemClock } from './clock.ts'
import { readConfig } from './config.ts'
import { openDatabase } from './database.ts'
import type { Deps } from './deps.ts'
import { jsonLog } from './json-log.ts'
import type { Log } from './log.ts'
import { runLongWork } from './long-work.ts'
import { deliverMails } from './notifications/deliver-mail.ts'
import { rotateOldKeys } from './oauth/key-schedule.ts'
import { deliverPings } from './oauth/ping.ts'
import { askQuestions } from './oauth/question.ts'
import { askPreparedWaiting } from './requests/ask-prepared.ts'
import { smtpSender } from './smtp.ts'
import { pushEvents } from './streams/push.ts'
import { sweep } from './sweep.ts'
import { workersOutsideFetch } from './workers-outside-fetch.ts'

/** What wrangler.toml binds: the database, and the same variables that Node reads from its environment. */
interface Bindings extends Record<string, unknown> {
  HYPERDRIVE: { connectionString: string }
}

interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void
}

/** A connection cannot outlive the request that opened it, so each request has a small pool of its own, in front of Hyperdrive's. */
const CONNECTIONS_PER_REQUEST = 3

/** A cron may take some minutes; no long work is begun later than this, so that the next turn finds it free. */
const CRON_BUDGET_MS = 45_000

const app = createApp((c) => (c.env as unknown as { deps: Deps }).deps)

export default {
  async fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    const { deps, close } = open(env)
    try {
      return await app.fetch(request, { deps }, context as never)
    } finally {
      context.waitUntil(close())
    }
  },

  async scheduled(_event: unknown, env: Bindings): Promise<void> {
    const { deps, close, keyRotationDays } = open(env)
    const works: Record<string, () => Promise<unknown>> = {
      keys: () => rotateOldKeys(deps, keyRotationDays),
      mails: () => deliverMails(deps),
      questions: () => askQuestions(deps),
      'prepared questions': () => askPreparedWaiting(deps),
      pings: () => deliverPings(deps),
      events: () => pushEvents(deps),
      boards: () => runBoardJobs(deps),
      sweep: () => sweep(deps),
      'long work': () => runLongWork(deps, { atOnce: 1, until: Date.now() + CRON_BUDGET_MS }),
    }
    try {
      // One that fails keeps none of the others back.
      for (const [name, work] of Object.entries(works)) {
        await work().catch((error: unknown) => deps.log.error('loop_failed', { loop: name, error }))
      }
    } finally {
      await close()
    }
  },
}

let log: Log | undefined

function open({ HYPERDRIVE, ...env }: Bindings): { deps: Deps; close: () => Promise<void>; keyRotationDays: number } {
  const config = readConfig({ ...(env as Record<string, string>), DATABASE_URL: HYPERDRIVE.connectionString })
  log ??= jsonLog(config.logLevel)
  const db = openDatabase({ url: HYPERDRIVE.connectionString, max: CONNECTIONS_PER_REQUEST, pooled: true })
  const running = new Set<Promise<unknown>>()
  const deps: Deps = {
    db,
    now: systemClock,
    log,
    issuer: config.issuer,
    secret: config.brokerSecret!,
    afterwards: (work) => {
      const promise = work().catch((error: unknown) => log!.error('afterwards_failed', { error }))
      running.add(promise)
      void promise.then(() => running.delete(promise))
    },
    trustedProxies: config.trustedProxies,
    outsideFetch: workersOutsideFetch,
    allowedLoopback: [],
    identityProviders: config.identityProviders,
    sendMail: smtpSender(config.smtpUrl!, config.mailFrom),
  }
  return {
    deps,
    keyRotationDays: config.keyRotationDays,
    close: async () => {
      while (running.size > 0) await Promise.all(running)
      await db.destroy()
    },
  }
}
