import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { messages } from '../../src/web/texts/messages.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, type ServedBroker, serveWithBrowser } from '../support/chromium.ts'
import { codeIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

/** More stops than any of these pages has. */
const MOST = 80

let broker: TestBroker
let world: SmallWorld
let they: Asking
let served: ServedBroker
let context: BrowserContext
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
afterEach(() => context?.close())

/** Presses Tab until what has the focus is called so, as somebody does who uses no mouse; it must show that it has it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < MOST; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const label = element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : (element.textContent ?? '')
      return { name: label.trim(), outline: Number.parseFloat(getComputedStyle(element).outlineWidth) }
    })
    if (focused.name !== name) continue
    expect(focused.outline, `the focus on "${name}" is seen`).toBeGreaterThanOrEqual(2)
    return
  }
  throw new Error(`"${name}" is not reached by Tab on ${page.url()}`)
}

const press = async (page: Page, name: string, leadsTo: RegExp) => {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
  await page.waitForURL(leadsTo)
}

/** Nadia signs in, and comes to the page she wanted. */
async function enter(next: string, javaScriptEnabled: boolean): Promise<Page> {
  context = await served.browser.newContext({ ...DESKTOP, javaScriptEnabled })
  await context.addCookies([{ name: 'language', value: 'nl', url: served.origin }])
  const page = await context.newPage()
  await page.goto(`${served.origin}/sign-in?${new URLSearchParams({ next })}`)
  await tabTo(page, t.signIn.email)
  await page.keyboard.type(world.people.nadia.email)
  await page.keyboard.press('Enter')
  await page.waitForURL(/sign-in\/code/)
  await broker.settled()
  await tabTo(page, t.signIn.code)
  await page.keyboard.type(codeIn(broker, world.people.nadia.email))
  await page.keyboard.press('Enter')
  await page.waitForURL(served.origin + next)
  return page
}

const t = messages.nl

describe.each([
  { name: 'without JavaScript', javaScriptEnabled: false },
  { name: 'with JavaScript', javaScriptEnabled: true },
])('Everything a parent does is done by keyboard alone, $name', ({ javaScriptEnabled }) => {
  test('signing in, answering, taking it back, answering again, and stopping', async () => {
    broker.clock.pass({ days: 1 })
    const question = await asked(broker, world)
    const page = await enter('/', javaScriptEnabled)

    await press(page, t.home.open, new RegExp(`/questions/${question}$`))
    await tabTo(page, t.question.no)
    await page.keyboard.press('Enter')
    await page.waitForSelector('button[name=reviewed]')
    await press(page, t.question.review.sendNo, /\/done$/)
    expect(await they.state(question)).toBe('refused')
    await press(page, t.question.done.undo, /undone/)
    expect(await they.state(question)).toBe('unanswered')
    await tabTo(page, t.question.yes)
    await page.keyboard.press('Space')
    await page.waitForSelector('button[name=reviewed]')
    await press(page, t.question.review.sendYes, /\/done$/)
    expect(await they.state(question)).toBe('given')

    await press(page, t.frame.consents, /\/consents$/)
    await press(page, t.consents.stop, /\/stop$/)
    await press(page, t.consents.stopYes, new RegExp(`/consents/${question}$`))
    expect(await page.locator('main').innerText()).toContain(t.consents.stopped)
    expect(await they.state(question)).toBe('withdrawn')
  })

  test('a round: each answer by its arrow keys, nothing ticked beforehand', async () => {
    broker.clock.pass({ days: 1 })
    const { roundId, consentIds } = await they.round([imageItem('website'), imageItem('nieuwsbrief')])
    const page = await enter(`/rounds/${roundId}/${world.people.fatima.id}`, javaScriptEnabled)
    expect(await page.locator('input[type=radio]:checked').count()).toBe(0)
    await tabTo(page, t.question.yes)
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, t.round.review)
    await page.keyboard.press('Enter')
    await page.waitForSelector('button[name=reviewed]')
    await tabTo(page, t.round.send)
    await page.keyboard.press('Enter')
    await page.waitForURL(/sent=1/)
    const states = await Promise.all(consentIds.map((id) => they.state(id)))
    expect(states.toSorted()).toEqual(['refused', 'unanswered'])
  })
})
