import { type ServerType, serve } from '@hono/node-server'
import * as oauth from 'openid-client'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startSession } from '../../src/accounts/sessions.ts'
import { createApp } from '../../src/app.ts'
import { registerOwnClient } from '../../src/catalog/manage-client.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import type { ClientId } from '../../src/ids.ts'
import { startAssignment } from '../../src/requests/start-assignment.ts'
import { resetSandbox } from '../../src/sandbox/reset-sandbox.ts'
import { sandboxOf } from '../../src/sandbox/sandbox.ts'
import { resourceOf } from '../../src/sandbox/twin.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { axeFaults, launchChromium, PHONE, sidewaysFaults, targetFaults } from '../support/chromium.ts'
import { consented } from '../support/consented.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const SHOTS = process.env.SCREENSHOTS
const SUM = 'Tafels van 7'
const WIDTHS = [390, 1280]

let broker: TestBroker
let world: SmallWorld
let server: ServerType
let browser: Awaited<ReturnType<typeof launchChromium>>
beforeAll(async () => {
  const port = await freePort()
  broker = await freshBroker({ issuer: `http://localhost:${port}` })
  world = await smallWorld(broker)
  const results = [
    { exercise: SUM, right: 3, of: 10, lastTry: '2026-11-12' },
    { exercise: 'Breuken', right: 8, of: 10, lastTry: '2026-11-13' },
  ]
  const outsideFetch = async () => ({ status: 200, text: JSON.stringify({ subjects: [{ results }] }) })
  const app = createApp(() => ({ ...broker.deps, outsideFetch }))
  server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  server?.close()
  await broker.close()
})

/** The browser of somebody who works for a supplier. */
async function browserOf(person: Awaited<ReturnType<typeof supplierPerson>>, language: 'nl' | 'en'): Promise<BrowserContext> {
  const context = await browser.newContext()
  const session = await startSession(broker.db, person.actor.accountId, broker.clock.now(), { method: 'code' })
  const url = broker.deps.issuer
  await context.addCookies([
    { name: 'session', value: session, url },
    { name: 'language', value: language, url },
  ])
  return context
}

const person = (supplierId: SmallWorld['supplierId'], name: string, roles: ('engineer' | 'contracts' | 'case_worker')[]) =>
  supplierPerson(
    broker,
    createApp(() => broker.deps),
    { supplierId, name, roles },
  )

/** Where a program under test sends a browser: a pushed request of its own, with openid-client as it is. */
async function sentBy(clientId: ClientId): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  try {
    const key = world.keys.redirect.privateKey
    const config = await oauth.discovery(new URL(broker.deps.issuer), clientId, {}, oauth.PrivateKeyJwt({ key, kid: 'k1' }), {
      algorithm: 'oauth2',
      execute: [oauth.allowInsecureRequests],
    })
    const { twinId } = (await sandboxOf(broker.db, world.supplierId))!
    const details = { type: 'pupil-data', actions: ['read'], datatypes: ['learning-results'], purpose: '5.1.a' }
    const locations = [resourceOf(broker.deps.issuer, twinId)]
    const parameters = {
      redirect_uri: world.redirectUri,
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      state: oauth.randomState(),
      authorization_details: JSON.stringify([{ ...details, locations, period: { until: '2026-12-20' } }]),
    }
    const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'))
    return (await oauth.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })).href
  } finally {
    vi.useRealTimers()
  }
}

describe('The pages of a supplier’s engineer and case worker', { timeout: 200_000 }, () => {
  test('a case worker sees Fatima’s results, and after a withdrawal in mid-session nothing', async () => {
    const { consentId, subjectId } = await consented(broker, world)
    const identifier = await pseudonymOf(broker, world, subjectId)
    const tess = await person(world.supplierId, 'Tess de Vries', ['case_worker', 'contracts'])
    await startAssignment(broker.deps, tess.actor, { identifier, memberId: tess.actor.memberId })
    const page = await (await browserOf(tess, 'nl')).newPage()
    await page.goto(`${broker.deps.issuer}${tess.path}/subjects`)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 })
      expect([...(await axeFaults(page)), ...(await sidewaysFaults(page)), ...(await targetFaults(page))]).toEqual([])
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/subjects-${width}.png`, fullPage: true })
    }
    await page.getByRole('link', { name: 'Bekijk de gegevens van dossier' }).click()
    await page.getByRole('button', { name: 'Bekijk nu' }).click()
    await page.getByText(SUM).waitFor()
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 })
      expect([...(await axeFaults(page)), ...(await sidewaysFaults(page)), ...(await targetFaults(page))]).toEqual([])
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/look-${width}.png`, fullPage: true })
    }
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    await page.getByRole('button', { name: 'Bekijk opnieuw' }).click()
    await page.getByText('Deze gegevens kunt u nu niet bekijken.').waitFor()
    expect(await page.getByText(SUM).count()).toBe(0)
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/stopped-390.png`, fullPage: true })
  })

  test('an engineer’s pages are fit for everybody, in both languages', async () => {
    const iris = await person(world.supplierId, 'Iris Smit', ['engineer'])
    const kim = await person(world.publisherId, 'Kim Rijk', ['engineer', 'contracts'])
    await resetSandbox(broker.deps, iris.actor)
    const trial = await registerOwnClient(broker.deps, iris.actor, {
      name: 'Proef',
      way: 'organisation',
      redirectUris: [],
      inSandbox: true,
      keys: [world.keys.organisation.publicJwk],
    })
    const places = [
      { who: iris, name: 'clients', path: '/clients' },
      { who: iris, name: 'client', path: `/clients/${world.clients.organisation}` },
      { who: iris, name: 'events', path: '/events' },
      { who: kim, name: 'holder', path: '/holder' },
      { who: kim, name: 'data-sets', path: `/holder/${world.holderId}/data` },
      { who: kim, name: 'no-sandbox', path: '/sandbox' },
      { who: iris, name: 'sandbox', path: '/sandbox' },
      { who: iris, name: 'sandbox-client', path: `/clients/${trial}` },
    ].map(({ who, name, path }) => ({ who, name, path: who.path + path }))
    const docs = ['holder', 'errors', 'withdrawal'].map((page) => ({ who: iris, name: `docs-${page}`, path: `/docs/${page}` }))
    for (const { who, name, path } of [...places, ...docs]) {
      for (const [language, width] of [
        ['nl', 390],
        ['en', 1280],
      ] as const) {
        const page = await (await browserOf(who, language)).newPage()
        await page.setViewportSize({ width, height: 844 })
        const answer = await page.goto(broker.deps.issuer + path)
        expect([path, answer!.status()]).toEqual([path, 200])
        expect([path, ...(await axeFaults(page)), ...(await sidewaysFaults(page)), ...(await targetFaults(page))]).toEqual([path])
        if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true })
        await page.close()
      }
    }
  })

  test('whoever a program under test sends here chooses a pupil who does not exist, without signing in', async () => {
    const iris = await person(world.supplierId, 'Iris Bos', ['engineer'])
    await resetSandbox(broker.deps, iris.actor)
    const keys = [world.keys.redirect.publicJwk]
    const program = { name: 'Proef', way: 'redirect' as const, redirectUris: [world.redirectUri], inSandbox: true, keys }
    const clientId = await registerOwnClient(broker.deps, iris.actor, program)
    for (const [locale, width, title] of [
      ['nl-NL', 390, 'Welke leerling is het?'],
      ['en-GB', 1280, 'Which pupil is it?'],
    ] as const) {
      const context = await browser.newContext({ locale, viewport: { width, height: 844 } })
      const page = await context.newPage()
      await page.goto(await sentBy(clientId))
      await page.getByRole('heading', { name: title }).waitFor()
      expect([...(await axeFaults(page)), ...(await sidewaysFaults(page)), ...(await targetFaults(page))]).toEqual([])
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/sandbox-who-${width}.png`, fullPage: true })
      await context.close()
    }
  })
})

test('The address of one error opens it where it is folded, without JavaScript too; on a phone the others fit on a few screens, on paper all are whole', async () => {
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${broker.deps.issuer}/docs/errors`)
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(4 * 844)
  for (const error of ['o-invalid_dpop_proof', 'h-invalid_token', 'p-consent_not_found']) {
    const other = await context.newPage()
    await other.goto(`${broker.deps.issuer}/docs/errors#${error}`)
    await other.locator(`#${error}`).waitFor({ state: 'visible' })
    expect(await other.locator('.doc-entry:visible').count(), error).toBe(1)
    const isNamedInView = async () => {
      const { y } = (await other.locator(`details:has(> #${error}) > summary`).boundingBox())!
      return y >= 0 && y < 800
    }
    await expect.poll(isNamedInView, { timeout: 20_000 }).toBe(true)
    if (SHOTS) await other.screenshot({ path: `${SHOTS}/docs-${error}.png` })
    await other.close()
  }
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.doc-entry:visible').count()).toBe(await page.locator('.doc-entry').count())
  await context.close()
})
