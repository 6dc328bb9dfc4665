import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runLongWork } from '../../src/long-work.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { look as lookAt, picture, takesPictures } from '../support/looking.ts'
import { bundleOf, type Rows, regenboog, zipOf } from '../support/oneroster.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

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

/** De Regenboog with so many pupils more. */
const withPupils = (count: number): Rows => {
  const rows = regenboog()
  const ids = Array.from({ length: count }, (_, nr) => `p-${nr}`)
  return {
    ...rows,
    users: [...rows.users, ...ids.map((id) => ({ sourcedId: id, enabledUser: 'true', givenName: 'Kind', familyName: id }))],
    roles: [
      ...rows.roles,
      ...ids.map((id) => ({ sourcedId: `r-${id}`, userSourcedId: id, roleType: 'primary', role: 'student', orgSourcedId: 'org-1' })),
    ],
  }
}

describe('An administrator takes in the roster of the school year', () => {
  test('sent, watched, looked at, confirmed; then a shorter one that asks for a word; then authority and a CSV file', async () => {
    const context = await served.browser.newContext({ ...PHONE, locale: 'nl-NL' })
    const page = await signInWith(context, served, broker, world.people.mirjam.email)
    const look = async (screen: string) => {
      await page.evaluate(() => window.scrollTo(0, 0))
      if (takesPictures) {
        await page.setViewportSize(DESKTOP.viewport!)
        await picture(page, `${screen}-1280`)
        await page.setViewportSize(PHONE.viewport!)
      }
      await lookAt(page, `${screen}-390`)
    }
    const send = async (name: string, buffer: Uint8Array) => {
      await page.goto(`${served.origin}/school/roster`)
      await page.setInputFiles('input[type=file]', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) })
      await page.click('main form button[type=submit]')
    }
    await page.goto(`${served.origin}/school/roster`)
    await look('roster')

    const busy = Promise.withResolvers<void>()
    const { afterwards } = broker.deps
    broker.deps.afterwards = (work) => afterwards(() => busy.promise.then(work))
    await send('lijst.zip', await zipOf(bundleOf(withPupils(30))))
    await page.waitForSelector('progress')
    await broker.owner`update jobs set total = 100, done = 42 where ended_at is null`
    await page.getByText('42 procent klaar').waitFor()
    await look('roster-progress')
    broker.deps.afterwards = afterwards
    busy.resolve()
    // As the server does beside the requests: what one turn could not take, the next one does.
    const turns = setInterval(() => void runLongWork(broker.deps).catch(() => {}), 1000)
    await page.getByText('Dit gaat er veranderen').waitFor()
    await page.locator('main summary').first().click()
    await look('roster-preview')
    await confirm(page)
    await page.getByText('De lijst is overgenomen op').waitFor()
    await look('roster-taken')

    await send('korter.zip', await zipOf(bundleOf(withPupils(20))))
    await page.getByText('Klopt deze lijst?').waitFor()
    await confirm(page)
    await page.getByText('Zeg eerst dat dit klopt.').first().waitFor()
    await look('roster-much')
    await page.check('#ends')
    await confirm(page)
    await page.getByText('Dit is er veranderd').waitFor()
    expect(await page.getByText('Geen leerling meer: 10').count()).toBe(1)

    await page.goto(`${served.origin}/school/authority`)
    await look('authority')
    await page.getByRole('link', { name: /zonder groep/ }).click()
    await look('authority-group')

    await send(
      'lijst.csv',
      new TextEncoder().encode(
        'Leerlingnummer;Roepnaam;Achternaam;Geboortedatum;Groep;Ouder 1 achternaam;Ouder 1 gezag\n1;Zoë;Bos;1-2-2015;6A;Bos;ja\n2;Max;Vos;3-4-2016;;Vos;',
      ),
    )
    await page.getByText('Zo begint het bestand').waitFor()
    await look('roster-columns')
    await send('fout.zip', new TextEncoder().encode('PK geen zip'))
    await page.getByText('Fouten in het bestand').first().waitFor()
    await look('roster-errors')
    clearInterval(turns)
    await context.close()
  })
})

const confirm = (page: Page) => page.click('form[action$="/confirm"] button[type=submit]')
