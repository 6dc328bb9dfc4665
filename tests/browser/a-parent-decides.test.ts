import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsentId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let context: BrowserContext
let question: ConsentId
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
beforeEach(async () => {
  broker.clock.pass({ minutes: 20 })
  question = await asked(broker, world)
})
afterEach(async () => {
  await context?.close()
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
})

const answers = async () =>
  (await broker.owner`select answer, datatypes from answers where consent_id = ${question} order by revision`).map((row) => ({ ...row }))
const says = (page: Page) => page.locator('main').innerText()

describe('A mother with a phone on the bus', () => {
  test('reads the question, shares less, says yes, and stops it the next day, without any JavaScript', async () => {
    context = await served.browser.newContext({ ...PHONE, locale: 'nl-NL', javaScriptEnabled: false })
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    await page.getByRole('link', { name: 'Lees de vraag' }).first().click()
    expect(await says(page)).toContain('Wat als u nee zegt?')
    await page.getByText('Ja, maar minder').click()
    await page.getByLabel('oefentijd').check()
    await page.getByRole('button', { name: 'Ja, met minder' }).click()
    expect(await says(page)).toMatch(/Dit deelt u niet\s+oefentijd/)
    await page.getByRole('button', { name: 'Verstuur mijn ja' }).click()
    expect(await says(page)).toContain('Wat u deelt: rekenresultaten.')
    expect(await answers()).toEqual([{ answer: 'yes', datatypes: ['arithmetic-results'] }])

    await page.getByRole('link', { name: 'Mijn toestemmingen' }).first().click()
    await page.getByRole('link', { name: 'Stop dit' }).click()
    await page.getByRole('button', { name: 'Ja, stop dit nu' }).click()
    expect(await says(page)).toContain('Gestopt.')
  })
})

describe('A father who reads no Dutch, at a desk, by keyboard alone', () => {
  test('changes the language, reaches No with Tab and presses it; Enter in a field decides nothing', async () => {
    context = await served.browser.newContext({ ...DESKTOP, locale: 'nl-NL' })
    const page = await signInWith(context, served, broker, world.people.karim.email)
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate(() => ({
          text: document.activeElement?.textContent?.trim(),
          outline: document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
        }))
        if (focused.text !== name) continue
        expect(focused.outline, `${name} shows that it has the focus`).not.toBe('none')
        return
      }
      throw new Error(`Tab never reaches ${name}`)
    }
    await tabTo('Taal: Nederlands')
    await page.keyboard.press('Enter')
    await tabTo('English')
    await page.keyboard.press('Enter')
    await page.waitForSelector('html[lang=en]')
    await tabTo('Read the question')
    await page.keyboard.press('Enter')
    await page.waitForURL(/questions/)
    await tabTo('Yes, but less')
    await page.keyboard.press('Enter')
    await page.locator('#until').focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('[role=alert]')
    expect(await says(page)).toContain('Press Yes or No.')
    expect(await answers()).toEqual([])
    await tabTo('No')
    await page.keyboard.press('Enter')
    await page.waitForSelector('button[name=reviewed]')
    await tabTo('Send my no')
    await page.keyboard.press('Enter')
    await page.waitForURL(/done/)
    expect(await says(page)).toContain('You said no')
    expect(await answers()).toEqual([{ answer: 'no', datatypes: null }])
  })
})

test('at four times the size nothing is lost and nothing scrolls sideways (WCAG 1.4.10)', async () => {
  context = await served.browser.newContext({ viewport: { width: 320, height: 256 }, locale: 'nl-NL' })
  const page = await signInWith(context, served, broker, world.people.nadia.email)
  for (const path of ['/', `/questions/${question}`, '/consents', '/link-codes']) {
    await page.goto(`${served.origin}${path}`)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320)
  }
})
