import { type ServerType, serve } from '@hono/node-server'
import { createApp } from './app.ts'
import { runBoardJobs } from './board-jobs.ts'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { runLongWork } from './long-work.ts'
import { Loops } from './loops.ts'
import { deliverMails } from './notifications/deliver-mail.ts'
import { rotateOldKeys } from './oauth/key-schedule.ts'
import { deliverPings } from './oauth/ping.ts'
import { askQuestions } from './oauth/question.ts'
import { openBroker } from './open-broker.ts'
import { packed } from './packed.ts'
import { askPreparedWaiting } from './requests/ask-prepared.ts'
import { pushEvents } from './streams/push.ts'
import { sweep } from './sweep.ts'

export interface Serving {
  deps: Deps
  port: number
  /** Answers what is being asked, finishes what goes on beside, and lets go of everything. */
  stop: () => Promise<void>
}

/** Requests that are still running then are cut off. */
const PATIENCE_MS = 10_000

/**
 * Serves the broker on Node.
 *
 * @throws Error when the port is taken or the database cannot be used
 */
export async function serveBroker(config: Config): Promise<Serving> {
  const { deps, close } = await openBroker(config)
  const app = createApp(() => deps)
  // The demo shows every mail to whoever asks, so only this machine may ask.
  const hostname = config.developmentMailbox ? '127.0.0.1' : undefined
  const fetch = async (request: Request, env: object) => await packed(request, await app.fetch(request, env))
  const server = serve({ fetch, port: config.port, hostname, serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000 } })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('listening', () => resolve())
      server.once('error', reject)
    })
  } catch (error) {
    await close()
    throw error
  }
  const loops = new Loops(deps.log)
  loops.every(2, 'mails', () => deliverMails(deps))
  loops.every(2, 'questions', () => askQuestions(deps))
  loops.every(2, 'prepared questions', () => askPreparedWaiting(deps))
  loops.every(2, 'pings', () => deliverPings(deps))
  loops.every(2, 'events', () => pushEvents(deps))
  loops.every(2, 'long work', () => runLongWork(deps))
  loops.every(60, 'sweep', () => sweep(deps))
  loops.every(3600, 'keys', () => rotateOldKeys(deps, config.keyRotationDays))
  loops.every(300, 'boards', () => runBoardJobs(deps))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  deps.log.info('serving', { port, issuer: config.issuer })
  return {
    deps,
    port,
    stop: async () => {
      await closed(server)
      await loops.stop()
      await close()
    },
  }
}

/** Takes no new connections, and closes each of the others as soon as its request is answered. */
async function closed(server: ServerType): Promise<void> {
  const gone = new Promise<void>((resolve) => server.close(() => resolve()))
  const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 100)
  const overdue = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), PATIENCE_MS)
  await gone
  clearInterval(idle)
  clearTimeout(overdue)
}

/** Stops once on the first signal; a second one ends the process where it is. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}
