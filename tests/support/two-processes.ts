import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { vi } from 'vitest'
import { freshBroker, type TestBroker } from './broker.ts'
import { keepingMailServer } from './mail-server.ts'
import { signIn } from './signed-in.ts'
import type { Visitor } from './visitor.ts'
import { type SmallWorld, smallWorld } from './world.ts'

/** Nobody listens at the issuer itself: requests for it go to one process and the other in turn. */
const ISSUER = 'http://localhost:1'

/**
 * Two brokers as processes on one database, with the small world, by the clock as it is.
 *
 * @param more variables of their environment
 */
export async function twoProcesses(more: Record<string, string> = {}) {
  const folder = `dist-${randomBytes(4).toString('hex')}`
  const mail = await keepingMailServer()
  const made = await freshBroker({ issuer: ISSUER, at: new Date().toISOString() })
  const running: { child: ChildProcess; port: number }[] = []
  const later: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL')
    await made.close()
    await mail.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const build = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', folder, '--incremental', 'false']
    execFileSync(process.execPath, [...build, '--tsBuildInfoFile', 'null', '--declaration', 'false'])
    const now = () => new Date()
    const deps = { ...made.deps, now }
    let read = 0
    // Other mails come in between: what is waited for is the next one with a code.
    const arrived = () => {
      const codes = mail.mails.filter(({ text }) => /\b\d{8}\b/.test(text)).length
      if (codes <= read) throw new Error('no mail with a code has come')
      read = codes
    }
    const settled = () => vi.waitFor(arrived, { timeout: 10_000 })
    const broker: TestBroker = { ...made, deps, mails: mail.mails, clock: { ...made.clock, now }, settled }
    const start = async () => {
      const env = {
        PATH: process.env.PATH,
        PORT: '0',
        DATABASE_URL: made.url,
        DATABASE_POOL: '20',
        ISSUER,
        BROKER_SECRET: deps.secret,
        SMTP_URL: mail.url,
        ...more,
      }
      const child = spawn(process.execPath, [`${folder}/node.js`], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      const started = { child, port: 0 }
      running.push(started)
      started.port = await portOf(child)
    }
    await Promise.all([start(), start()])
    const world: SmallWorld = await smallWorld(broker)
    let turn = 0
    const app = {
      request: (async (asked: string | URL | Request, init?: RequestInit) => {
        const url = new URL(asked instanceof Request ? asked.url : asked)
        const { child, port } = running[turn++ % running.length]!
        if (hasEnded(child)) throw new Error('a broker ended by itself')
        url.host = `127.0.0.1:${port}`
        return await fetch(url, { ...init, redirect: 'manual' })
      }) as never,
    }
    const replace = async () => {
      for (const { child } of running.splice(0)) {
        if (hasEnded(child)) throw new Error('a broker ended by itself')
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await Promise.all([start(), start()])
    }
    let visitor: Promise<Visitor> | undefined
    return {
      broker,
      world,
      app,
      close,
      /** Nadia at her browser, signed in once. */
      nadia: () => (visitor ??= signIn(broker, app, world.people.nadia.email)),
      codeFor: async (email: string): Promise<string> => {
        // Mails about other things come in between.
        const found = () => {
          const codes = mail.mails.filter(({ to }) => to === email).flatMap(({ text }) => text.match(/\b\d{8}\b/)?.[0] ?? [])
          const code = codes.findLast((one) => !seen.has(one))
          if (!code) throw new Error('no code has come')
          return code
        }
        const code = await vi.waitFor(found, { timeout: 60_000 })
        seen.add(code)
        return code
      },
      /** What is to hold once the processes were killed and others took their place. */
      afterRestart: (check: () => Promise<unknown>) => void later.push(check),
      /** Kills both and starts two others. */
      replace,
      /** @returns how many checks held after it */
      restart: async (): Promise<number> => {
        await replace()
        for (const check of later) await check()
        return later.length
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const seen = new Set<string>()

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** The port that the system gave it, once it listens there: one that was drawn beforehand another process may take meanwhile. */
async function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('exit', () => reject(new Error('the broker did not start')))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { message, port } = JSON.parse(line) as { message?: string; port?: number }
    if (message === 'serving') resolve(port!)
  })
  return await promise
}

export type Processes = Awaited<ReturnType<typeof twoProcesses>>
