import { serve } from '@hono/node-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { fatimaBySchool, fatimaDirectly } from '../../src/demo/chapters/fatima.ts'
import { makeWorld } from '../../src/demo/make-world.ts'
import { startPublisher } from '../../src/demo/publisher.ts'
import { setTheStage } from '../../src/demo/stage.ts'
import type { Deps } from '../../src/deps.ts'
import { smtpSender } from '../../src/smtp.ts'
import { freshBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { keepingMailServer } from '../support/mail-server.ts'
import { ownPorts } from '../support/own-ports.ts'
import { closed, runtimes } from '../support/runtimes.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  vi.restoreAllMocks()
})

/** The broker on a runtime at an address of its own, with the demo world, the publisher, and everybody's mail at /mailbox. */
async function stageOn(runtime: string) {
  const port = await ownPorts()
  const issuer = `http://localhost:${port}`
  const mail = await keepingMailServer()
  closing.push(mail.stop)
  const broker = await freshBroker({ issuer })
  closing.push(broker.close)
  const mailbox = async (address: string) => mail.mails.filter(({ to }) => to === address)
  const sendMail = smtpSender(mail.url, 'Toestemmingen <toestemmingen@broker.example>')
  const deps: Deps = { ...broker.deps, now: () => new Date(), sendMail, mailbox }
  const { fetch, close } = await runtimes[runtime]!(deps, broker.url, mail.url)
  closing.push(close)
  const front = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url)
    return pathname === '/mailbox' ? Response.json(await mailbox(searchParams.get('address') ?? '')) : await fetch(request)
  }
  const server = serve({ fetch: front, port, hostname: '127.0.0.1' })
  closing.push(() => closed(server))
  const world = await makeWorld(deps, port)
  const { resource, clientId, privateJwk } = world.holders.rekenrijk!
  const publisher = await startPublisher({ issuer, resource, clientId, privateJwk })
  closing.push(publisher.stop)
  const stage = await setTheStage({ issuer, world, deps, settled: publisher.settled, stop: async () => {} })
  return { broker, stage }
}

describe.each(Object.keys(runtimes))('On %s, from the question to the refusal after the withdrawal', (runtime) => {
  test('by way of the school and directly: asked, answered, released, redeemed, delivered, withdrawn, refused', {
    timeout: 120_000,
  }, async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const { broker, stage } = await stageOn(runtime)
    await fatimaBySchool(stage)
    await fatimaDirectly(stage)
    await stage.settled()
    await expectNothingBroken(broker)
    const told =
      await broker.owner`select event, count(*)::int as times from ledger where event in ('token_issued', 'consent_withdrawn') group by 1 order by 1`
    expect(told).toEqual([
      { event: 'consent_withdrawn', times: 2 },
      { event: 'token_issued', times: expect.any(Number) },
    ])
  })
})
