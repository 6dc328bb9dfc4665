import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { Deps, Mail } from '../deps.ts'
import { openBroker } from '../open-broker.ts'
import type { Serving } from '../serve.ts'
import { startMailServer } from './mail-server.ts'

const START_MS = 180_000
/** As in wrangler.toml; `wrangler dev` runs no cron by itself. */
const CRON_MS = 60_000

/**
 * Serves the broker by `wrangler dev` under workerd, offline, on the database of the configuration, with Hyperdrive's local connection in
 * Hyperdrive's place. What Node opened beside it makes the demo world and keeps the mails: workerd has no files, so without SMTP_URL its
 * mails come over SMTP to this process, which prints them.
 *
 * @throws Error when workerd does not answer within three minutes or is gone, with what it said
 */
export async function serveUnderWorkerd(config: Config): Promise<Serving> {
  const { deps, close } = await openBroker(config)
  const ends = [close]
  const stop = async () => {
    for (const end of ends.toReversed()) await end()
  }
  try {
    const mail = config.smtpUrl ? undefined : await startMailServer((mail) => printAndKeep(deps, mail))
    if (mail) ends.push(mail.stop)
    const worker = await startWrangler(config, deps, config.smtpUrl ?? mail!.url)
    ends.push(worker.stop)
    await worker.ready()
    const cron = setInterval(() => void runCron(deps), CRON_MS)
    ends.push(async () => clearInterval(cron))
    return { deps, port: config.port, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startWrangler({ port, mailFrom, logLevel, dataFolder, databaseUrl }: Config, { issuer, secret }: Deps, smtpUrl: string) {
  const variables = join(resolve(dataFolder), 'worker.env')
  const lines = { ISSUER: issuer, BROKER_SECRET: secret, SMTP_URL: smtpUrl, MAIL_FROM: mailFrom, LOG_LEVEL: logLevel }
  await writeFile(
    variables,
    Object.entries(lines)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(''),
    { mode: 0o600 },
  )
  await chmod(variables, 0o600)
  const program = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
  const flags = ['--local', '--ip', 'localhost', '--port', String(port), '--env-file', variables, '--show-interactive-dev-session=false']
  const child = spawn(process.execPath, [program, 'dev', ...flags], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Of its own, so that Ctrl-C reaches us and we end it in order.
    detached: true,
    env: {
      ...process.env,
      CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: databaseUrl,
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  })
  let said = ''
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
  const gone = once(child, 'exit')
  return {
    ready: () => answersAt(`${issuer}/health/ready`, child, () => said),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGINT')
      await gone
    },
  }
}

async function answersAt(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const until = Date.now() + START_MS
  const answers = () =>
    fetch(url)
      .then(({ ok }) => ok)
      .catch(() => false)
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`wrangler dev does not serve the broker:\n${said()}`)
    await sleep(250)
  }
}

async function runCron({ issuer, log }: Deps): Promise<void> {
  await fetch(`${issuer}/cdn-cgi/handler/scheduled`).catch((error: unknown) => log.error('cron_failed', { error }))
}

async function printAndKeep({ sendMail }: Deps, mail: Mail): Promise<void> {
  console.log(`--- ${mail.to}: ${mail.subject}\n${mail.text}`)
  await sendMail(mail)
}
