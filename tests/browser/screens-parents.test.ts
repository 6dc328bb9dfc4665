import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asked } from '../support/asked.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { accessibilityFaults, DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { sibling } from '../support/sibling.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Many screens in one test, each looked at by axe. */
vi.setConfig({ testTimeout: 240_000 })

/** Where to put pictures of every screen; without it none are made. */
const FOLDER = process.env.SCREENSHOTS

let broker: TestBroker
let world: SmallWorld
let they: Asking
let served: ServedBroker
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  await sibling(broker, world, 'youssef')
  served = await serveWithBrowser(broker)
  if (FOLDER) await mkdir(FOLDER, { recursive: true })
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

const looks = [
  { name: 'phone-nl', options: { ...PHONE, locale: 'nl-NL' } },
  { name: 'desktop-en-dark', options: { ...DESKTOP, locale: 'en-GB', colorScheme: 'dark' as const } },
  ...(FOLDER
    ? [
        { name: 'desktop-nl', options: { ...DESKTOP, locale: 'nl-NL' } },
        { name: 'phone-ar', options: { ...PHONE, locale: 'ar' } },
      ]
    : []),
]

describe.each(looks)('What a family sees in a year is fit for everybody: $name', ({ name, options }) => {
  let context: BrowserContext
  beforeEach(async () => {
    context = await served.browser.newContext(options)
    await context.addCookies([{ name: 'language', value: options.locale.slice(0, 2), url: served.origin }])
  })
  afterEach(async () => {
    await context?.close()
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    broker.clock.pass({ minutes: 20 })
  })

  const look = async (page: Page, screen: string) => {
    if (FOLDER) await page.screenshot({ path: join(FOLDER, `${screen}-${name}.png`), fullPage: true })
    expect(await accessibilityFaults(page), screen).toEqual([])
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      `${screen} is not wider than the screen`,
    ).toBeLessThanOrEqual(0)
  }

  test('the round, from home to the agreement', async () => {
    const { consentIds, roundId } = await they.round([
      imageItem('website'),
      imageItem('Facebook'),
      arithmeticItem(world, { occasion: 'Begeleiding bij rekenen.' }),
      { ...imageItem('schoolfotograaf'), occasion: 'Foto’s voor kinderen met een allergie.' },
      arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' }),
    ])
    const page = await signInWith(context, served, broker, world.people.nadia.email)
    const path = `${served.origin}/rounds/${roundId}/${world.people.fatima.id}`
    await look(page, 'home-rounds')
    await page.goto(path)
    await look(page, 'round')
    await page.click('main form[action^="/rounds"] button')
    await look(page, 'round-wrong')
    await page.check(`#answer-${consentIds[0]}`)
    await page.check(`#answer-${consentIds[1]}-1`)
    await page.click('main form[action^="/rounds"] button')
    await look(page, 'round-review')
    await page.click('button[name=reviewed]')
    await look(page, 'round-sent')
    await page.goto(`${path}/agreement`)
    await look(page, 'agreement')
    broker.clock.pass({ minutes: 50 })
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    await page.goto(`${served.origin}/`)
    await look(page, 'home-changed')
    await they.answer(world.people.nadia, consentIds[2]!, 'yes')
    await page.goto(`${served.origin}/consents`)
    await look(page, 'consents-year')
    await page.goto(`${served.origin}/consents/${consentIds[2]}/stop`)
    await look(page, 'stop-year')
    const website = await asked(broker, world, { image: { channel: 'website', medium: 'video' } })
    await they.answer(world.people.nadia, website, 'yes')
    await page.goto(`${served.origin}/consents/images`)
    await look(page, 'images')
    await page.click('main form button')
    await look(page, 'images-stopped')
    await page.close()
  })
})
