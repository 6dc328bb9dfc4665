import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { look, picture } from '../support/looking.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let context: BrowserContext
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
beforeEach(() => broker.clock.pass({ minutes: 20 }))
afterEach(() => context?.close())

/** A device with a finger on it, so that nobody has to press anything. */
async function withDevice(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** Presses the button or link with this name by keyboard alone, and sees that it shows the focus. */
async function pressByKeyboard(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => ({
      text: document.activeElement?.textContent?.trim(),
      outline: document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
    }))
    if (focused.text !== name) continue
    expect(focused.outline, `${name} shows that it has the focus`).not.toBe('none')
    return await page.keyboard.press('Enter')
  }
  throw new Error(`Tab never reaches ${name}`)
}

describe('A passkey in a real browser', () => {
  test('is added on the account page and signs in with one press, by keyboard alone', async () => {
    context = await served.browser.newContext({ ...DESKTOP, locale: 'nl-NL' })
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    await withDevice(page)
    await page.goto(`${served.origin}/account`)
    await look(page, 'account')
    await pressByKeyboard(page, 'Voeg een passkey toe')
    await page.waitForURL(/done=passkeyAdded/)
    await look(page, 'account-passkey')
    await pressByKeyboard(page, 'Uitloggen')
    await page.waitForURL(/sign-in/)
    await look(page, 'sign-in-passkey')
    await pressByKeyboard(page, 'Log in met een passkey')
    await page.waitForURL(`${served.origin}/`)
    expect(await page.locator('footer').innerText()).toContain(world.people.nadia.email)
    await page.goto(`${served.origin}/sign-in/again?next=/account`)
    await look(page, 'sign-in-again')
    await pressByKeyboard(page, 'Log in met een passkey')
    await page.waitForURL(/\/account$/)
  })

  test('on a phone in English; where the device knows no key the page says so and the code is still there', async () => {
    context = await served.browser.newContext({ ...PHONE, locale: 'en-GB', colorScheme: 'dark' })
    const page = await context.newPage()
    await page.goto(`${served.origin}/sign-in`)
    expect(await page.getByText('That did not work.').isVisible()).toBe(false)
    // A device that refuses, as when somebody closes its window.
    await page.evaluate(() => Object.assign(navigator.credentials, { get: () => Promise.reject(new Error('no')) }))
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('That did not work.').waitFor()
    await look(page, 'sign-in-problem-phone-en-dark')
    expect(await page.getByRole('button', { name: 'Send me a code' }).isVisible()).toBe(true)
  })

  test('without JavaScript there is no button that does nothing', async () => {
    context = await served.browser.newContext({ ...PHONE, locale: 'nl-NL', javaScriptEnabled: false })
    const page = await signInWith(context, served, broker, world.people.karim.email)
    await page.goto(`${served.origin}/account`)
    expect(await page.getByRole('button', { name: 'Voeg een passkey toe' }).isVisible()).toBe(false)
    expect(await page.locator('main').innerText()).toContain('Voor een passkey is JavaScript nodig.')
  })
})

describe('A letter with a code, and receipts', () => {
  test('the school prints it, and the father who shares an address comes in with it on his phone', async () => {
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    context = await served.browser.newContext({ ...DESKTOP, locale: 'nl-NL' })
    const school = await signInWith(context, served, broker, world.people.mirjam.email)
    await school.goto(`${served.origin}/school/people/${world.people.karim.id}`)
    await school.getByRole('button', { name: 'Maak een brief met een code' }).click()
    await look(school, 'letter')
    await school.emulateMedia({ media: 'print' })
    await picture(school, 'letter-print')
    const code = await school.locator('.letter__code').innerText()
    await context.close()

    context = await served.browser.newContext({ ...PHONE, locale: 'nl-NL' })
    const page = await context.newPage()
    await page.goto(`${served.origin}/sign-in`)
    await page.getByRole('link', { name: 'Ik heb een brief van de school met een code' }).click()
    await look(page, 'sign-in-letter-phone')
    await page.fill('#code', code.toLowerCase())
    await page.getByRole('button', { name: 'Log in met deze code' }).click()
    await page.waitForURL(/\/account$/)
    await look(page, 'account-without-address-phone')
  })

  test('a receipt on the screen and on paper', async () => {
    const question = await asked(broker, world)
    context = await served.browser.newContext({ ...PHONE, locale: 'nl-NL' })
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    await page.goto(`${served.origin}/questions/${question}`)
    await page.click('button[name=answer][value=yes]')
    await page.getByRole('button', { name: 'Verstuur mijn ja' }).click()
    await page.getByRole('link', { name: 'Bekijk of print uw bewijs' }).click()
    await look(page, 'receipt-phone')
    await page.emulateMedia({ media: 'print' })
    await picture(page, 'receipt-print')
    expect(await page.getByText('Download als bestand').isVisible(), 'paper has no buttons').toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.goto(`${served.origin}/receipts`)
    await look(page, 'receipts-phone')
  })
})
