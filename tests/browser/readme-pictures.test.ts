import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { stylesheet } from '../../src/web/style/stylesheet.ts'
import { asked } from '../support/asked.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { sibling } from '../support/sibling.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

const FOLDER = join(import.meta.dirname, 'screenshots')
const MADE_FROM = join(FOLDER, 'made-from.json')
/** A picture in a README is seen small; this keeps each below 60 kB. */
const QUALITY = 70

let broker: TestBroker
let world: SmallWorld
let they: Asking
let served: ServedBroker
let context: BrowserContext
let madeFrom: Record<string, string>

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  await sibling(broker, world, 'youssef')
  served = await serveWithBrowser(broker)
  await mkdir(FOLDER, { recursive: true })
  madeFrom = JSON.parse(await readFile(MADE_FROM, 'utf8').catch(() => '{}'))
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
afterEach(() => context?.close())

const nadiaOn = async (options: BrowserContextOptions) => {
  context = await served.browser.newContext({ ...options, reducedMotion: 'reduce' })
  await context.addCookies([{ name: 'language', value: 'nl', url: served.origin }])
  return await signInWith(context, served, broker, world.people.nadia.email)
}

/** Takes the picture anew when what the page says, or how it looks, is not what the last one was made from. */
const picture = async (page: Page, name: string, most: number) => {
  const height = Math.min(most, await page.evaluate(() => document.body.scrollHeight))
  // In whatever order: what was made in the same moment stands in no order of its own.
  const says = (await page.locator('body').innerText()).split('\n').toSorted().join('\n')
  const from = createHash('sha256').update(`${says}\n${stylesheet}\n${height}`).digest('hex').slice(0, 32)
  const file = join(FOLDER, `${name}.webp`)
  if (madeFrom[name] !== from || !(await readFile(file).catch(() => undefined))) {
    const { width } = page.viewportSize()!
    const devtools = await context.newCDPSession(page)
    const { data } = await devtools.send('Page.captureScreenshot', {
      format: 'webp',
      quality: QUALITY,
      captureBeyondViewport: true,
      clip: { x: 0, y: 0, width, height, scale: 1 },
    })
    await writeFile(file, Buffer.from(data, 'base64'))
    madeFrom[name] = from
    await writeFile(
      MADE_FROM,
      `${JSON.stringify(Object.fromEntries(Object.entries(madeFrom).toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`,
    )
  }
  expect((await readFile(file)).length, name).toBeLessThan(60_000)
}

describe('The pictures of the README are made here', () => {
  test('what waits for a mother, one question, what she shares, and stopping it', async () => {
    const { consentIds } = await they.round([imageItem('website'), imageItem('Facebook'), arithmeticItem(world)])
    const [website] = consentIds
    await they.answer(world.people.nadia, website!, 'yes')
    const question = await asked(broker, world, { approach: 'subject' })
    const phone = await nadiaOn(PHONE)
    await picture(phone, 'home', 844)
    await phone.goto(`${served.origin}/questions/${question}`)
    await picture(phone, 'question', 2000)
    await they.answer(world.people.nadia, question, 'yes')
    await phone.goto(`${served.origin}/consents/${question}/stop`)
    await picture(phone, 'stop', 844)
    await context.close()
    const desk = await nadiaOn({ ...DESKTOP, colorScheme: 'dark' })
    await desk.goto(`${served.origin}/consents`)
    await picture(desk, 'consents', 1000)
  })

  test('and each stands in it', async () => {
    const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
    const shown = [...readme.matchAll(/tests\/browser\/screenshots\/([\w-]+)\.webp/g)].map(([, name]) => name!)
    expect(shown.toSorted()).toEqual(Object.keys(madeFrom).toSorted())
    for (const [alt] of readme.matchAll(/<img[^>]*screenshots[^>]*>/g)) expect(alt).toMatch(/alt="[^"]{10,}"/)
  })
})
