import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { inTransaction } from '../../src/database.ts'
import { inviteOnPaper } from '../../src/people/invitations.ts'
import { newPaperCode } from '../../src/people/paper-code.ts'
import { Authenticator } from '../support/authenticator.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { forwarded, startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'
import { startWorker } from './worker.ts'

const ISSUER = 'http://localhost:8787'
const PORTAL = 'https://portaal.example'

let broker: TestBroker
let world: SmallWorld
let portal: TestIdentityProvider
let portalIsDown = false
let worker: Awaited<ReturnType<typeof startWorker>>
/** To the worker the provider is on the internet: what it fetches there goes to the one on this machine. */
const internet = setupServer(
  http.all(`${PORTAL}/*`, async ({ request }) => {
    if (portalIsDown) return HttpResponse.error()
    const { pathname, search } = new URL(request.url)
    const headers = { ...Object.fromEntries(request.headers), ...forwarded(PORTAL) }
    const body = request.method === 'POST' ? await request.text() : undefined
    const answer = await fetch(`${portal.origin}${pathname}${search}`, { method: request.method, headers, body })
    return new Response(await answer.text(), {
      status: answer.status,
      headers: { 'content-type': answer.headers.get('content-type') ?? '' },
    })
  }),
)
beforeAll(async () => {
  portal = await startIdentityProvider({ issuer: PORTAL })
  internet.listen({ onUnhandledFrame: 'bypass' })
  // The worker's clock is the real one.
  broker = await freshBroker({ issuer: ISSUER, at: new Date().toISOString() })
  world = await smallWorld(broker)
  worker = await startWorker(broker.url, {
    BROKER_SECRET: broker.deps.secret,
    OIDC_PROVIDERS: 'portaal',
    OIDC_PORTAAL_NAME: 'Ouderportaal',
    OIDC_PORTAAL_ISSUER: PORTAL,
    OIDC_PORTAAL_CLIENT_ID: portal.config.clientId,
    OIDC_PORTAAL_CLIENT_SECRET: portal.config.clientSecret,
  })
})
afterAll(async () => {
  await worker?.close()
  internet.close()
  await portal?.close()
  await broker.close()
})

const runtimes = {
  node: () => createApp(() => broker.deps),
  workerd: () => ({
    request: (url: string, init: RequestInit) =>
      worker.fetch(new URL(url).pathname + new URL(url).search, { ...init, redirect: 'manual' } as never),
  }),
}
const letterFor = async (who: 'karim' | 'sara' | 'mirjam') => {
  const { id } = world.people[who]
  await broker.owner`delete from account_persons where person_id = ${id}`
  const code = newPaperCode()
  await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
    inviteOnPaper(tx, new Date(), { boardId: world.boardId, personId: id, code }),
  )
  return code
}

describe.each(Object.entries(runtimes))('On %s', (runtime, app) => {
  test('somebody comes in with a letter, adds a passkey, and comes back with it', async () => {
    broker.clock.set(new Date())
    const visit = () => new Visitor(app() as never, { origin: ISSUER })
    const visitor = visit()
    const code = await letterFor(runtime === 'node' ? 'karim' : 'sara')
    expect((await visitor.post('/sign-in/letter', { code })).path).toBe('/account')
    const passkey = new Authenticator(ISSUER)
    const options = async (at: Visitor, path: string) => (await (await at.postOnly(`${path}/start`)).json()) as never
    const added = await visitor.post('/account/passkeys', { answer: passkey.create(await options(visitor, '/account/passkeys')) })
    expect(added.words).toContain('De passkey is toegevoegd.')
    const elsewhere = visit()
    const answer = passkey.get(await options(elsewhere, '/sign-in/passkey'))
    expect((await elsewhere.post('/sign-in/passkey', { answer, next: '/receipts' })).path).toBe('/receipts')
    expect((await elsewhere.post('/sign-in/passkey', { answer })).status, 'once').toBe(400)
  })
})

test('on workerd somebody comes by way of an identity provider, binds it, and comes straight in the next time', async () => {
  const visit = () => new Visitor(runtimes.workerd() as never, { origin: ISSUER })
  const thereAndBack = async (visitor: Visitor) => {
    const away = await visitor.getOnly('/sign-in/with/portaal?next=%2Freceipts')
    const back = await portal.visit(away.headers.get('location')!)
    return await visitor.get(back.pathname + back.search)
  }
  Object.assign(portal.next, { as: 'karim-3' })
  const code = await letterFor('mirjam')
  const visitor = visit()
  expect((await thereAndBack(visitor)).words).toContain('U komt hier voor het eerst via Ouderportaal.')
  await visitor.post('/sign-in/letter', { code })
  const binding = await thereAndBack(visitor)
  expect(binding.words).toContain('karim-3@portaal.example')
  expect((await visitor.post(binding.path)).path).toBe('/receipts')
  expect((await thereAndBack(visit())).path).toBe('/receipts')
})

test('on workerd a provider that does not answer leaves the other ways', async () => {
  portalIsDown = true
  const elsewhere = await startWorker(broker.url, {
    BROKER_SECRET: broker.deps.secret,
    OIDC_PROVIDERS: 'portaal',
    OIDC_PORTAAL_NAME: 'Ouderportaal',
    OIDC_PORTAAL_ISSUER: `${PORTAL}/elders`,
    OIDC_PORTAAL_CLIENT_ID: 'broker',
    OIDC_PORTAAL_CLIENT_SECRET: 'geheim',
  })
  try {
    const away = await elsewhere.fetch('/sign-in/with/portaal', { redirect: 'manual', headers: { accept: 'text/html' } })
    expect([away.status, (await away.text()).includes('werkt nu niet')]).toEqual([503, true])
  } finally {
    await elsewhere.close()
  }
})
