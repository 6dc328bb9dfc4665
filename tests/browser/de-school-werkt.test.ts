import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { SupplierId } from '../../src/ids.ts'
import { inviteAdministrator } from '../../src/members/invite-member.ts'
import { en } from '../../src/web/texts/en.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import {
  accessibilityFaults,
  DESKTOP,
  PHONE,
  type ServedBroker,
  serveWithBrowser,
  sidewaysFaults,
  signInWith,
} from '../support/chromium.ts'
import { hostedPublisher, SUM } from '../support/hosted-publisher.ts'
import { benchmarkLeaflet, researchBureau } from '../support/research-bureau.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 240_000 })

/** Where to put pictures of every screen; without it none are made. */
const FOLDER = process.env.SCREENSHOTS
const BRAM = 'bram@deschoolwerkt.example'
const TABLET: BrowserContextOptions = { viewport: { width: 820, height: 1180 }, hasTouch: true }

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let bureau: SupplierId
const contexts: BrowserContext[] = []
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  bureau = await researchBureau(broker, world)
  served = await serveWithBrowser(broker)
  const app = createApp(() => broker.deps)
  broker.deps.outsideFetch = hostedPublisher(broker, world, () => app).outsideFetch
  if (FOLDER) await mkdir(FOLDER, { recursive: true })
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

async function opened(options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await served.browser.newContext({ ...options, locale: 'en-GB' })
  contexts.push(context)
  await context.addCookies([{ name: 'language', value: 'en', url: served.origin }])
  return context
}

const entered = async (options: BrowserContextOptions, email: string) => await signInWith(await opened(options), served, broker, email)

/** A screen as it is come to by an act: what keeps people out, and a picture when somebody wants one. */
async function look(page: Page, screen: string): Promise<void> {
  if (FOLDER) await page.screenshot({ path: join(FOLDER, `bureau-${screen}.png`), fullPage: true })
  expect([...(await accessibilityFaults(page)), ...(await sidewaysFaults(page))], screen).toEqual([])
}

/** Bram comes by his invitation, takes his leaflet over from another system and publishes it. */
async function comesOnBoard(): Promise<Page> {
  const { code } = await inviteAdministrator(broker.deps, bureau, { email: BRAM, name: 'Bram Kok' })
  const bram = await entered(PHONE, BRAM)
  await bram.goto(`${served.origin}/supplier/join`)
  await bram.fill('#code', code)
  await bram.click('main form button')
  await bram.waitForURL(/done=joined/)
  await look(bram, 'home')
  await bram.goto(`${served.origin}/supplier/${bureau}/services`)
  await bram.fill('#name', 'Benchmark administratie')
  await bram.selectOption('#kind', 'II')
  await bram.getByRole('button', { name: en.services.addButton }).click()
  await bram.waitForURL(/done=registered/)
  await bram.getByRole('link', { name: en.services.toLeaflet('Benchmark administratie') }).click()
  await bram.getByRole('link', { name: en.services.import }).click()
  await bram.fill('#json', '{ "general": {} }')
  await bram.locator('main form button').click()
  await bram.locator('[href="#json"]').first().waitFor()
  await look(bram, 'import-wrong')
  await bram.fill('#json', JSON.stringify(benchmarkLeaflet))
  await bram.locator('main form button').click()
  await bram.waitForURL(/done=imported/)
  await look(bram, 'service')
  await bram.getByRole('link', { name: en.services.toPublish }).click()
  await bram.getByRole('button', { name: en.services.publish('1') }).click()
  await bram.waitForURL(/done=published/)
  return bram
}

/** He makes his question to Sara ready. What lacks is told where it is typed. */
async function makesReady(bram: Page): Promise<void> {
  await bram.goto(`${served.origin}/supplier/${bureau}/asking`)
  await look(bram, 'asking')
  await bram.getByRole('link', { name: en.asking.askPerson }).click()
  await bram.fill('#reference', 'DSW-1')
  await bram.getByLabel('productivity data').check()
  await bram.selectOption('#purpose', '5.2.f')
  await bram.fill('#occasion', 'De school doet mee aan de benchmark.')
  await bram.fill('#reason', 'Wij vergelijken uw cijfers met die van andere scholen.')
  await bram.fill('#reason_en', 'We compare your figures with those of other schools.')
  await bram.getByRole('button', { name: en.asking.prepare }).click()
  await bram.locator('[href="#until"]').first().waitFor()
  await look(bram, 'ask-wrong')
  await bram.fill('#until', '2027-01-16')
  await bram.getByRole('button', { name: en.asking.prepare }).click()
  await bram.waitForURL(/\/asking\/people\//)
  await look(bram, 'ready')
}

describe('De school werkt asks Sara herself, on its own tablet', () => {
  test('K12–K15: from its invitation to her figures, on phones, in English; her manager notices nothing, and she stops it', async () => {
    const bram = await comesOnBoard()
    await makesReady(bram)
    await bram.getByRole('button', { name: en.asking.tablet.open }).click()
    const address = (await bram.locator('a[href*="/tablet/"]').getAttribute('href'))!
    await look(bram, 'tablet-link')
    const tablet = await (await opened(TABLET)).newPage()
    await tablet.goto(address)
    await tablet.getByRole('img', { name: en.asking.tablet.ownQr }).waitFor()
    await look(tablet, 'tablet')

    const sara = await entered(PHONE, world.people.sara.email)
    await sara.goto(`${address}/own`)
    await look(sara, 'own-phone')
    await sara.getByRole('button', { name: en.asking.tablet.ownSend }).click()
    await sara.waitForURL(/\/questions\//)
    await sara.getByText(en.question.employee).waitFor()
    await look(sara, 'question')
    await sara.locator('.choice button[value=yes]').click()
    await sara.locator('button[name=reviewed]').click()
    await sara.waitForURL(/done/)
    const consentId = /questions\/([\w-]{36})/.exec(sara.url())![1]!

    await bram.goto(`${served.origin}/supplier/${bureau}/asking`)
    await bram.getByRole('link', { name: en.asking.seeAsk('DSW-1') }).click()
    await bram.getByText(en.asking.personMeans.released).waitFor()
    await bram.getByRole('link', { name: en.hosted.toFiles }).click()
    await bram.getByText(en.hosted.assign('DSW-1')).click()
    await bram.getByRole('button', { name: en.hosted.assignButton }).click()
    await bram.waitForURL(/done=assigned/)
    await bram.getByRole('link', { name: en.hosted.open('DSW-1') }).click()
    await bram.getByRole('button', { name: en.hosted.look }).click()
    await bram.getByText(SUM).waitFor()
    await look(bram, 'figures')

    await sara.goto(`${served.origin}/consents/${consentId}`)
    await sara.getByText('Bram Kok looked at productivity data').waitFor()
    await look(sara, 'consent')
    const mirjam = await entered(DESKTOP, world.people.mirjam.email)
    for (const path of ['/school', '/school/inquiries', '/school/objections', '/school/register']) {
      await mirjam.goto(`${served.origin}${path}`)
      expect(await mirjam.locator('main').innerText(), path).not.toMatch(/Sara|De school werkt/)
    }
    expect((await mirjam.goto(`${served.origin}/consents/${consentId}`))!.status()).toBe(404)

    await sara.getByRole('link', { name: en.consents.stop }).click()
    await sara.waitForURL(/stop$/)
    await sara.locator('main form button').click()
    await sara.waitForURL(/consents/)
    await bram.getByRole('button', { name: en.hosted.lookAgain }).click()
    await bram.getByText(en.hosted.stopped).waitFor()
    expect(await bram.getByText(SUM).count()).toBe(0)
    await look(bram, 'stopped')
    await bram.goto(`${served.origin}/supplier/${bureau}/duties`)
    await look(bram, 'duties')
  })
})
