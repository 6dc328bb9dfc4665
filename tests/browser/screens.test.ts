import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from 'vitest'
import { objectTo } from '../../src/consents/object.ts'
import { askSchool } from '../../src/requests/ask-school.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { contextOf, LOOKS, look as lookAt, picturesToo } from '../support/looking.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Many screens in one test, each looked at by axe. */
vi.setConfig({ testTimeout: 240_000 })

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

const looks = [
  ...LOOKS,
  ...picturesToo(
    { name: 'phone-en-dark', options: { ...PHONE, locale: 'en-GB', colorScheme: 'dark' as const } },
    { name: 'desktop-nl', options: { ...DESKTOP, locale: 'nl-NL' } },
  ),
]

describe.each(looks)('Every screen is fit for everybody: $name', (way) => {
  let context: BrowserContext
  beforeEach(async () => {
    context = await contextOf(served, way)
  })
  afterEach(() => context?.close())

  const look = async (page: Page, screen: string) => await lookAt(page, `${screen}-${way.name}`)

  test('signing in', async () => {
    const page = await context.newPage()
    await page.goto(`${served.origin}/sign-in`)
    await look(page, 'sign-in')
    await page.fill('#email', 'geen adres')
    await page.click('main button[type=submit]')
    await look(page, 'sign-in-wrong')
    await page.fill('#email', world.people.nadia.email)
    await page.click('main button[type=submit]')
    await look(page, 'sign-in-code')
    await page.fill('#code', '12')
    await page.click('main button[type=submit]')
    await look(page, 'sign-in-code-wrong')
    await page.goto(`${served.origin}/sign-in/code?sent=x`)
    await look(page, 'sign-in-code-gone')
    await page.goto(`${served.origin}/nowhere`)
    await look(page, 'not-found')
    await page.close()
    broker.clock.pass({ minutes: 20 })
  })

  test('questions, answers and stopping', async () => {
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    const see = async (path: string, screen: string) => {
      await page.goto(`${served.origin}${path}`)
      await look(page, screen)
    }
    await see('/', 'home-nothing')
    const question = await asked(broker, world)
    const direct = await asked(broker, world, { approach: 'subject', datatypes: ['arithmetic-results'] })
    await asked(broker, world, { image: { channel: 'Instagram', medium: 'photo' } })
    const told = await asked(broker, world, {
      basis: 'legitimate_interest',
      datatypes: ['practice-time'],
      until: new Date('2027-01-31T23:00:00Z'),
    })
    await see('/', 'home')
    await see(`/questions/${question}`, 'question')
    for (const summary of await page.locator('summary').all()) await summary.click()
    await look(page, 'question-open')
    await page.fill('#until', '2026-10-01')
    await page.click('.choice button[value=yes]')
    await look(page, 'question-wrong')
    await page.goto(`${served.origin}/questions/${question}`)
    await page.click('.choice button[value=yes]')
    await look(page, 'review-yes')
    await page.click('button[name=reviewed]')
    await look(page, 'done-yes')
    await see(`/questions/${question}/ask`, 'ask-school')
    await page.click('main form button')
    await look(page, 'ask-school-wrong')
    await page.fill('#question', 'Ziet de juf dit ook?')
    await page.click('main form button')
    await look(page, 'asked-school')
    await see(`/questions/${direct}`, 'question-direct')
    await page.click('.choice button[value=no]')
    await look(page, 'review-no')
    await page.click('button[name=reviewed]')
    await look(page, 'done-no')
    await see('/consents', 'consents')
    await see(`/consents/${question}`, 'consent')
    await see(`/consents/${question}/stop`, 'stop')
    await page.click('main form button')
    await look(page, 'stopped')
    await see(`/consents/${told}`, 'told')
    await see(`/consents/${told}/object`, 'object')
    await page.close()
    await broker.owner`delete from inquiries`
    await broker.owner`delete from answers`
    await broker.owner`delete from consents`
    broker.clock.pass({ minutes: 20 })
  })

  test('the school’s side', async () => {
    const staff = await signInWith(context, served, broker, world.people.mirjam.email)
    const see = async (page: Page, path: string, screen: string) => {
      await page.goto(`${served.origin}${path}`)
      await look(page, screen)
    }
    const view = await askSchool(
      broker.deps,
      { clientId: world.clients.organisation, supplierId: world.supplierId },
      {
        addressedTo: { scheme: 'BRIN', value: '99ZA' },
        serviceId: world.serviceId,
        resource: world.resource,
        datatypes: ['arithmetic-results', 'practice-time'],
        purpose: '5.1.a',
        startsAt: broker.clock.now(),
        endsAt: new Date('2027-02-28T23:00:00Z'),
        occasion: 'Fatima loopt vast met rekenen.',
        reason: { nl: 'Om Fatima te helpen.', en: 'To help Fatima.' },
        subjects: [
          { reference: 'cliënt-17', hint: 'Fatima A., groep 6' },
          { reference: 'cliënt-18', hint: 'Youssef, groep 7' },
        ],
      },
    )
    const request = `/school/requests/${view.requestId}`
    await see(staff, '/school', 'school-inbox')
    await see(staff, request, 'school-request')
    await staff.click('form[action$="/match"] button[type=submit]:not([disabled])')
    await staff.waitForURL(/done=matched/)
    await staff.click('#narrow summary')
    await staff.click('input[name=leave] >> nth=1')
    await look(staff, 'school-narrow')
    await staff.click('form[action$="/narrow"] button[type=submit]:not([disabled])')
    await staff.waitForURL(/done=narrowed/)
    await staff.fill('#alternative', '')
    await staff.click('form[action$="/forward"] button[type=submit]:not([disabled])')
    await look(staff, 'school-forward-wrong')
    await staff.fill('#alternative', 'De juf helpt zonder deze gegevens.')
    await staff.click('form[action$="/forward"] button[type=submit]:not([disabled])')
    await look(staff, 'school-forwarded')
    const told = await asked(broker, world, { basis: 'legitimate_interest', datatypes: ['practice-time'] })
    await objectTo(broker.deps, world.people.nadia.actor, told)
    await see(staff, '/school/objections', 'school-objections')
    await see(staff, '/school/contracts', 'school-contracts')
    await see(staff, `/school/contracts/${world.holderAgreementId}`, 'school-contract')
    await staff.close()
    await broker.owner`update access_requests set withdrawn_at = ${broker.clock.now()}`
    await broker.owner`update request_subjects set consent_id = null`
    await broker.owner`delete from objections`
    await broker.owner`delete from consents`
    broker.clock.pass({ minutes: 20 })
  })

  test('link codes and the invitation', async () => {
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    await page.goto(`${served.origin}/invitation`)
    await look(page, 'invitation')
    await page.goto(`${served.origin}/link-codes`)
    await look(page, 'link-codes')
    await page.click('main form[action="/link-codes"] button')
    await page.waitForSelector('#link-code')
    await look(page, 'link-code-made')
    await page.goto(`${served.origin}/link-codes`)
    await look(page, 'link-codes-some')
    await page.close()
    broker.clock.pass({ minutes: 20 })
  })
})
