import { serve } from '@hono/node-server'
import { vi } from 'vitest'
import type { Deps } from '../../src/deps.ts'
import { smtpSender } from '../../src/smtp.ts'
import { workersOutsideFetch } from '../../src/workers-outside-fetch.ts'
import { freshBroker, type TestBroker } from './broker.ts'
import { driveThrough } from './driver.ts'
import { keepingMailServer } from './mail-server.ts'
import { ownPorts } from './own-ports.ts'
import { closed, type runtimes } from './runtimes.ts'
import { smallWorld } from './world.ts'

/**
 * The broker on a runtime at an address of its own, in the real time, with the small world, mails over SMTP, and a driver that
 * goes over the network.
 */
export async function overHttp(runtime: (typeof runtimes)[string]) {
  const closing: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    const port = await ownPorts()
    const issuer = `http://localhost:${port}`
    const mail = await keepingMailServer()
    closing.push(mail.stop)
    const made = await freshBroker({ issuer, at: new Date().toISOString() })
    closing.push(made.close)
    const now = () => new Date()
    // By the global fetch on both, so that a test can answer for whoever is outside; Node's own is tried in oauth-ciba-ping.
    const deps: Deps = {
      ...made.deps,
      now,
      outsideFetch: workersOutsideFetch,
      sendMail: smtpSender(mail.url, 'Toestemmingen <toestemmingen@broker.example>'),
    }
    let read = 0
    // Other mails come in between: what is waited for is the next one with a code.
    const arrived = () => {
      const codes = mail.mails.filter(({ text }) => /\b\d{8}\b/.test(text)).length
      if (codes <= read) throw new Error('no mail with a code has come')
      read = codes
    }
    const broker: TestBroker = {
      ...made,
      deps,
      mails: mail.mails,
      clock: { ...made.clock, now },
      settled: () => vi.waitFor(arrived, { timeout: 10_000 }),
    }
    const { fetch, tick, close: stop } = await runtime(deps, made.url, mail.url)
    closing.push(stop)
    const server = serve({ fetch, port, hostname: '127.0.0.1' })
    closing.push(() => closed(server))
    const world = await smallWorld(broker)
    const request = async (url: string | Request | URL, init?: RequestInit) => await globalThis.fetch(url, { ...init, redirect: 'manual' })
    return { broker, world, tick, driver: driveThrough({ request: request as never }, broker, world), close }
  } catch (error) {
    await close()
    throw error
  }
}

export type OverHttp = Awaited<ReturnType<typeof overHttp>>
