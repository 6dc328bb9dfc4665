import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from 'vitest'
import { asked } from '../support/asked.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { contextOf, LOOKS, look as lookAt, lookOnPaper, picturesToo } from '../support/looking.ts'
import { sibling } from '../support/sibling.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Many screens in one test, each looked at by axe. */
vi.setConfig({ testTimeout: 240_000 })

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
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

const looks = [
  ...LOOKS,
  ...picturesToo(
    { name: 'desktop-nl', options: { ...DESKTOP, locale: 'nl-NL' } },
    ...['ar', 'tr', 'pl', 'uk'].map((locale) => ({ name: `phone-${locale}`, options: { ...PHONE, locale } })),
  ),
]

describe.each(looks)('What a family sees in a year is fit for everybody: $name', (way) => {
  let context: BrowserContext
  beforeEach(async () => {
    context = await contextOf(served, way)
  })
  afterEach(async () => {
    await context?.close()
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    broker.clock.pass({ minutes: 20 })
  })

  const look = async (page: Page, screen: string) => await lookAt(page, `${screen}-${way.name}`)
  const onPaper = async (page: Page, screen: string, most: number) => await lookOnPaper(page, `${screen}-${way.name}`, most)

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
    await onPaper(page, 'agreement', 2)
    broker.clock.pass({ minutes: 50 })
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    await page.goto(`${served.origin}/`)
    await look(page, 'home-changed')
    await they.answer(world.people.nadia, consentIds[2]!, 'yes')
    await page.goto(`${served.origin}/consents`)
    await look(page, 'consents-year')
    await page.goto(`${served.origin}/consents/${consentIds[2]}/stop`)
    await look(page, 'stop-year')
    await onPaper(page, 'stop-year', 1)
    const website = await asked(broker, world, { image: { channel: 'website', medium: 'video' } })
    await they.answer(world.people.nadia, website, 'yes')
    await page.goto(`${served.origin}/consents/images`)
    await look(page, 'images')
    await page.click('main form button')
    await look(page, 'images-stopped')
    await page.goto(`${served.origin}/receipts`)
    await page.locator('main article a').first().click()
    await page.waitForURL(/receipts\/[0-9a-f-]{36}$/)
    await look(page, 'receipt')
    await onPaper(page, 'receipt', 1)
    await page.close()
  })
})
