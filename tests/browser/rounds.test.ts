import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from 'vitest'
import { copyRound } from '../../src/consents/copy-round.ts'
import type { RoundId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { contextOf, LOOKS, look as lookAt, picture } from '../support/looking.ts'
import { addFamilies } from '../support/more-families.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Many screens in one test, each looked at by axe. */
vi.setConfig({ testTimeout: 240_000 })

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await addFamilies(broker, world, [
    { given: 'Sem', group: 'Groep 7', guardians: [{ given: 'Kees' }] },
    { given: 'Daan', group: 'Groep 7', guardians: [{ given: 'Tom', email: 'tom@gezin.example' }] },
    { given: 'Yara', group: 'Groep 8', guardians: [{ given: 'Samira', authority: 'unknown' }] },
  ])
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

describe.each(LOOKS)('A school leader makes the year’s round: $name', (way) => {
  let context: BrowserContext
  beforeEach(async () => {
    context = await contextOf(served, way)
  })
  afterEach(() => context?.close())

  const look = async (page: Page, screen: string) => await lookAt(page, `${screen}-${way.name}`)

  test('made, looked at, sent, followed, filled in at the desk, and made anew for next year', async () => {
    const page = await signInWith(context, served, broker, world.people.mirjam.email)
    const see = async (path: string, screen: string) => {
      await page.goto(`${served.origin}${path}`)
      await look(page, screen)
    }
    const press = async (selector = 'main form[method=post] button[type=submit]:not(.quiet-button)') => {
      const before = await page.evaluate(() => performance.timeOrigin)
      await page.locator(selector).last().click()
      // The page that it leads to, whole, and when that shows how far long work is, the one after that.
      const arrived = (origin: number) =>
        performance.timeOrigin !== origin && document.readyState === 'complete' && !document.getElementById('progress')
      await page.waitForFunction(arrived, before)
    }
    await see('/school/rounds', 'rounds')
    await see('/school/rounds/new', 'round-new')
    await page.fill('#title', '')
    await press()
    await look(page, 'round-new-wrong')
    await page.fill('#title', 'Ouderovereenkomst 2026-2027')
    await press()
    await look(page, 'round-draft-empty')
    const round = new URL(page.url()).pathname
    await see(`${round}/add`, 'round-add')
    await see(`${round}/add/image`, 'round-item-form')
    await press()
    await look(page, 'round-item-form-wrong')
    await page.fill('#channel', 'Instagram')
    await press()
    await look(page, 'round-item-preview')
    await page.goto(`${served.origin}${round}/add/part.${world.serviceId}.begeleiding`)
    await look(page, 'round-item-tell')
    await page.check('#data-learning-results')
    await page.fill('#reason', 'Teneinde de verwerking van resultaten ten behoeve van de begeleiding van leerlingen mogelijk te maken.')
    await press()
    await look(page, 'round-item-hard')
    await see(round, 'round-draft')
    await see(`${round}/audience?find=sem`, 'round-audience')
    await page.check(`#school-${world.schoolId}`)
    await press()
    await look(page, 'round-draft-ready')
    await see(`${round}/preview`, 'round-preview')
    await see(`${round}/publish`, 'round-publish')
    await page.fill('#because', 'De raad koos deze woorden.')
    await press()
    await look(page, 'round-progress-none')
    const nadia = world.people.nadia
    const [asked] = await broker.owner`
      select consent_id from consents c join items i using (board_id, item_id)
      where i.round_id = ${round.slice(-36)} and i.legal_basis = 'consent' and c.subject_id = ${world.people.fatima.id}`
    for (const [who, answer] of [
      [nadia, 'yes'],
      [world.people.karim, 'no'],
    ] as const) {
      const desk = await page.context().newPage()
      await desk.goto(`${served.origin}${round}/pupils/${world.people.fatima.id}`)
      await desk.check(`#decider-${who.id}`)
      await desk.check('#method-phone')
      await desk.check(`#answer-${asked!.consent_id}-${answer}`)
      if (answer === 'yes') await look(desk, 'round-pupil')
      await desk.locator(`form[action$="/pupils/${world.people.fatima.id}"] button[type=submit]`).click()
      // A page that is closed while it goes elsewhere may never answer that it is closed.
      await desk.waitForURL(/[?&]done=saved$/)
      if (answer === 'no') await look(desk, 'round-pupil-conflict')
      await desk.close()
    }
    await see(round, 'round-progress')
    await see(`${round}/groups?school=${world.schoolId}&group=Groep+7`, 'round-group')
    await see(`${round}/pupils?find=sem`, 'round-find')
    await see(`${round}/remind`, 'round-remind')
    await see(`${round}/letters`, 'round-letters')
    await press()
    await look(page, 'round-letters-made')
    await page.locator('a[href$="/print?part=0"]').click()
    await page.waitForURL(/\/print\?part=0$/)
    await look(page, 'round-letters-sheets')
    await page.emulateMedia({ media: 'print' })
    await picture(page, `round-letters-print-${way.name}`)
    await page.emulateMedia({ media: 'screen' })
    await see('/school/work', 'work')
    const { roundId } = await copyRound(broker.deps, world.people.mirjam.actor, round.slice(-36) as RoundId)
    await see(`/school/rounds/${roundId}`, 'round-next')
    await see('/school/rounds', 'rounds-some')
    broker.clock.set('2027-06-10T10:00:00+02:00')
    const later = await signInWith(await contextOf(served, way), served, broker, world.people.joost.email)
    await later.goto(`${served.origin}/school/work`)
    await look(later, 'work-june')
    await later.context().close()
    broker.clock.set('2026-11-16T12:00:00+01:00')
    await page.close()
  })
})
