import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { messages } from '../../src/web/texts/messages.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, keyboardFaults, type ServedBroker, serveWithBrowser, sidewaysFaults, targetFaults } from '../support/chromium.ts'
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

describe('What is wrong with a page is found by those who look at every page', () => {
  /** A page of 1280 px at 400 %. */
  const planted = async (body: string) => {
    context = await served.browser.newContext({ viewport: { width: 320, height: 256 } })
    const page = await context.newPage()
    await page.setContent(
      `<!doctype html><html lang="nl"><title>Fout</title><body style="background: rgb(255, 255, 255)">${body}</body></html>`,
    )
    return page
  }

  test.each([
    ['nothing wrong', '<button style="width: 90px; height: 30px; outline: 2px solid black">Ja</button>', [], [], []],
    ['too wide at 400 %', '<p style="width: 500px">Ja</p>', [expect.stringContaining('sideways')], [], []],
    [
      'a target of 20 px',
      '<button style="width: 20px; height: 20px; padding: 0; outline: 2px solid black">x</button>',
      [],
      [expect.stringContaining('20x20px')],
      [],
    ],
    [
      'a focus that nobody sees',
      '<button style="width: 90px; height: 30px; outline: none">Ja</button>',
      [],
      [],
      [expect.stringContaining('no outline')],
    ],
    [
      'a focus in the colour of the page',
      '<button style="width: 90px; height: 30px; outline: 2px solid rgb(230, 230, 230)">Ja</button>',
      [],
      [],
      [expect.stringContaining('faint outline')],
    ],
    [
      'a button that Tab goes past',
      '<button inert style="width: 90px; height: 30px; outline: 2px solid black">Ja</button>',
      [],
      [],
      [expect.stringContaining('not reached by Tab')],
    ],
  ])('%s', async (_, body, sideways, targets, keyboard) => {
    const page = await planted(body)
    expect(await sidewaysFaults(page)).toEqual(sideways)
    expect(await targetFaults(page)).toEqual(targets)
    expect(await keyboardFaults(page)).toEqual(keyboard)
  })
})
