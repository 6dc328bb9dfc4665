import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { inviteAdministrator } from '../../src/members/invite-member.ts'
import { nl } from '../../src/web/texts/nl.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { accessibilityFaults, DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { hostedPublisher, SUM } from '../support/hosted-publisher.ts'
import { picture } from '../support/looking.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 240_000 })

const ROOS = 'roos@rekenplus.example'

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
const contexts: BrowserContext[] = []
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  // What Reken Plus and the board agree, they agree in the story.
  await broker.owner`update supplier_agreements set ended_at = ${world.since}, ended_by = 'job', ended_because = 'term' where agreement_id = ${world.agreementId}`
  served = await serveWithBrowser(broker)
  const app = createApp(() => broker.deps)
  broker.deps.outsideFetch = hostedPublisher(broker, world, () => app).outsideFetch
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** Somebody signed in, with a browser of their own. */
async function entered(options: BrowserContextOptions, email: string): Promise<Page> {
  const context = await served.browser.newContext({ ...options, locale: 'nl-NL' })
  contexts.push(context)
  return await signInWith(context, served, broker, email)
}

const says = (page: Page) => page.locator('main').innerText()

/** Presses a button and waits for where it leads. */
async function press(page: Page, button: string, to: RegExp | string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).first().click()
  await page.waitForURL(to)
}

/** Follows a link and waits for where it leads. */
async function follow(page: Page, link: string, to: RegExp | string): Promise<void> {
  await page.getByRole('link', { name: link }).first().click()
  await page.waitForURL(to)
}

const LOOKED_AT = ['section', 'publish', 'propose-wrong', 'ask-school-wrong', 'duties-wrong']

/** A screen as it is come to: axe where it is come to by an act, and a picture when somebody wants one. */
async function look(page: Page, screen: string, name = 'desktop-nl'): Promise<void> {
  await picture(page, `${screen}-${name}`)
  // tests/browser/every-page.test.ts looks at all of them, in every light.
  if (LOOKED_AT.includes(screen)) expect(await accessibilityFaults(page), screen).toEqual([])
}

/** Somebody who was invited comes with the code from the mail. */
async function joins(email: string, code: string): Promise<Page> {
  const page = await entered(DESKTOP, email)
  await page.goto(`${served.origin}/supplier/join`)
  await page.fill('#code', code)
  await press(page, nl.supplier.join.accept, /done=joined/)
  return page
}

/** She says in her leaflet who helps, sees it as others will, and publishes it. */
async function publishes(roos: Page): Promise<void> {
  await follow(roos, 'Diensten', /services$/)
  await look(roos, 'services')
  await follow(roos, 'Bekijk de bijsluiter van Dyscalculiebegeleiding', /services\/[\w-]{36}$/)
  const service = roos.url()
  await look(roos, 'service')
  await follow(roos, 'Bedrijven die helpen', /sections\/subprocessors$/)
  await roos.fill('#name-1', 'Rekenhulp Ltd.')
  await roos.fill('#task-1', 'rekent mee')
  await roos.fill('#country-1', 'Verenigde Staten')
  await look(roos, 'section')
  await press(roos, 'Bewaar en voeg er meer toe', /done=/)
  await roos.goto(service)
  await follow(roos, 'Zo ziet een ouder het', /preview\/parent$/)
  await look(roos, 'as-parent')
  await follow(roos, 'Zo ziet een school het', /preview\/school$/)
  await look(roos, 'as-school')
  await roos.goto(service)
  await follow(roos, 'Kijk na en maak openbaar', /publish$/)
  await look(roos, 'publish')
  await press(roos, 'Maak versie 2 openbaar', /done=published/)
}

/** Roos proposes, the school asks and checks, the board signs, and then she. */
async function agree(roos: Page, root: string, mirjam: Page): Promise<void> {
  await roos.goto(`${root}/agreements`)
  await look(roos, 'agreements')
  await follow(roos, 'Stel een contract voor', /agreements\/new$/)
  await roos.getByRole('button', { name: 'Stel dit contract voor' }).click()
  await roos.locator('[href="#product"]').waitFor()
  await look(roos, 'propose-wrong')
  await roos.selectOption('#board', { label: 'Stichting De Waterlelie Onderwijs' })
  await roos.getByLabel('Dyscalculiebegeleiding').check()
  await roos.fill('#address', 'Bedrijfsweg 2, 1234 AB Ons Dorp')
  await roos.fill('#registration', 'KvK 12345678')
  await roos.fill('#representative', 'Roos Plus, directeur')
  await roos.fill('#product', 'Offerte 2026-12, begeleiding bij rekenen')
  await roos.fill('#retention', 'tot 3 maanden na het einde van de begeleiding')
  await roos.fill('#starts', '2026-11-16')
  await roos.fill('#ends', '2027-07-31')
  await press(roos, 'Stel dit contract voor', /done=proposed/)

  await mirjam.goto(`${served.origin}/school/contracts`)
  const waiting = mirjam.locator('article').filter({ hasText: 'Reken Plus' }).filter({ hasText: 'wacht op nakijken' })
  await waiting.getByRole('link', { name: 'Bekijk het contract' }).click()
  await mirjam.waitForURL(/contracts\/[\w-]{36}$/)
  const contract = mirjam.url()
  await mirjam.fill('#words', 'Wie van u begeleidt de leerling?')
  await press(mirjam, 'Verstuur', /done=said/)
  await roos.goto(root)
  await look(roos, 'home-waiting')
  await follow(roos, 'Stichting De Waterlelie Onderwijs schreef u iets over het contract', /agreements\/[\w-]{36}$/)
  expect(await says(roos)).toContain('Wie van u begeleidt de leerling?')
  await roos.fill('#words', 'Tess de Vries.')
  await press(roos, 'Verstuur', /done=said/)
  await mirjam.goto(contract)
  expect(await says(mirjam)).toContain('Tess de Vries.')
  await press(mirjam, 'Ik heb het nagekeken, het klopt', /done=checked/)
  const ruud = await entered(DESKTOP, world.people.ruud.email)
  await ruud.goto(contract)
  await press(ruud, 'Teken dit contract', /done=signed/)
  await roos.goto(root)
  await follow(roos, 'Stichting De Waterlelie Onderwijs heeft het contract getekend. Teken nu zelf', /agreements\/[\w-]{36}$/)
  await press(roos, 'Teken dit contract', /done=signed/)
}

/** What lacks is told where it is typed; then it goes to the school. */
async function asksTheSchool(roos: Page, root: string): Promise<string> {
  await roos.goto(`${root}/asking`)
  await look(roos, 'asking')
  await follow(roos, 'Vraag aan een school', /asking\/school/)
  await roos.selectOption('#school', '99ZA')
  await roos.getByLabel('rekenresultaten').check()
  await roos.selectOption('#purpose', '5.1.a')
  await roos.fill('#until', '2027-02-01')
  await roos.fill('#occasion', 'De ouders meldden hun kind aan.')
  await roos.fill('#subjects', 'RP-1; Fatima, groep 6')
  await roos.getByRole('button', { name: 'Stuur de vraag naar de school' }).click()
  await roos.getByText('Er staat niet in gewone woorden waarom het nodig is.').first().waitFor()
  await look(roos, 'ask-school-wrong')
  await roos.fill('#reason', 'Zo ziet de begeleider waar uw kind moeite mee heeft.')
  await press(roos, 'Stuur de vraag naar de school', /done=asked/)
  await look(roos, 'asked')
  await roos.locator('a[href*="/asking/requests/"]').first().click()
  await roos.waitForURL(/asking\/requests\/[\w-]{36}/)
  return roos.url().split('?')[0]!
}

/** The school says who it is and asks the parents. */
async function sendsItOn(mirjam: Page): Promise<string> {
  await mirjam.goto(`${served.origin}/school`)
  await mirjam.locator('a[href^="/school/requests/"]').first().click()
  await mirjam.waitForURL(/school\/requests\/[\w-]{36}/)
  await mirjam.fill('#find', 'Fatima')
  await press(mirjam, 'Zoek', /find=Fatima/)
  await mirjam.selectOption('#person-0', { label: 'Fatima Amrani, Groep 6' })
  await press(mirjam, 'Bewaar wie het is', /done=matched/)
  await mirjam.fill('#alternative', 'De begeleider doet eerst zelf een toets met uw kind.')
  await press(mirjam, 'Stuur de vraag door', /done=forwarded/)
  return mirjam.url().split('?')[0]!
}

/** Nadia reads the question on her phone and says yes. @returns where her consent is */
async function saysYes(nadia: Page): Promise<string> {
  await nadia.goto(served.origin)
  await follow(nadia, 'Lees de vraag', /questions\/[\w-]{36}/)
  const consentId = /questions\/([\w-]{36})/.exec(nadia.url())![1]!
  await look(nadia, 'question', 'phone-nl')
  await nadia.locator('.choice button[value=yes]').click()
  await nadia.locator('button[name=reviewed]').click()
  await nadia.waitForURL(/done/)
  return `${served.origin}/consents/${consentId}`
}

/** Roos invites a case worker, who comes, and assigns her to the file. */
async function assignsTess(roos: Page, root: string, request: string): Promise<Page> {
  const email = 'tess@rekenplus.example'
  await roos.goto(`${root}/people`)
  await roos.fill('#name', 'Tess de Vries')
  await roos.fill('#email', email)
  await roos.locator('#roles-case_worker').check()
  await press(roos, 'Stuur de uitnodiging', /done=invited/)
  await broker.settled()
  const code = broker.mails.findLast(({ to, subject }) => to === email && subject.startsWith('Uitnodiging'))!.text.match(/^[\w-]{43}$/m)![0]
  const tess = await joins(email, code)
  await roos.goto(request)
  expect(await says(roos)).toMatch(/RP-1\s+doorgegeven/)
  await look(roos, 'released')
  await follow(roos, 'Koppel een begeleider en bekijk de gegevens', /subjects$/)
  await roos.getByText('Een begeleider koppelen aan dossier RP-1').click()
  await roos.getByLabel('Wie begeleidt deze persoon?').selectOption({ label: 'Tess de Vries' })
  await look(roos, 'assign')
  await press(roos, 'Koppel', /done=assigned/)
  return tess
}

/** The contract ends, and who got the data confirms, with who helped, that they are gone. */
async function endsAndErases(roos: Page, root: string): Promise<void> {
  await roos.goto(`${root}/agreements`)
  const holds = roos.locator('article').filter({ hasText: 'geldt nu' })
  await holds.getByRole('link', { name: 'Bekijk het contract met Stichting De Waterlelie Onderwijs' }).click()
  await roos.waitForURL(/agreements\/[\w-]{36}$/)
  await roos.getByText('Stop dit contract').click()
  await roos.fill('#because', 'De begeleiding is klaar.')
  await roos.locator('#sure').check()
  await press(roos, 'Stop het contract', /done=ended/)
  await follow(roos, 'Plichten', /duties$/)
  await look(roos, 'duties')
  await roos.getByText('Het is gedaan').first().click()
  await roos.getByRole('button', { name: 'Bevestig dat het is gedaan' }).first().click()
  await roos.getByRole('alert').first().waitFor()
  await look(roos, 'duties-wrong')
  const open = roos.locator('details[open]')
  for (const helper of await open.getByRole('checkbox').all()) await helper.check()
  await open.getByRole('button', { name: 'Bevestig dat het is gedaan' }).click()
  await roos.waitForURL(/done=confirmed/)
}

describe('Reken Plus, without a developer', () => {
  test('from its invitation to seeing Fatima’s results and the stop in mid-session, and what to erase in the end: each of them in a browser', async () => {
    const { code } = await inviteAdministrator(broker.deps, world.supplierId, { email: ROOS, name: 'Roos Plus' })
    const root = `${served.origin}/supplier/${world.supplierId}`
    const roos = await joins(ROOS, code)
    await look(roos, 'home')
    const mirjam = await entered(DESKTOP, world.people.mirjam.email)
    await publishes(roos)
    await agree(roos, root, mirjam)
    const request = await asksTheSchool(roos, root)
    const atSchool = await sendsItOn(mirjam)
    const nadia = await entered(PHONE, world.people.nadia.email)
    const consent = await saysYes(nadia)
    await mirjam.goto(atSchool)
    await press(mirjam, 'Geef door', /done=released/)

    const tess = await assignsTess(roos, root, request)
    await tess.goto(`${root}/subjects`)
    await follow(tess, 'Bekijk de gegevens van dossier RP-1', /subjects\/[\w-]+$/)
    await tess.getByRole('button', { name: 'Bekijk nu' }).click()
    await tess.getByText(SUM).waitFor()
    await look(tess, 'look')

    await nadia.goto(consent)
    await nadia.getByText('Tess de Vries bekeek').waitFor()
    await look(nadia, 'seen-by-tess', 'phone-nl')
    await follow(nadia, nl.consents.stop, /stop$/)
    await nadia.locator('main form button').click()
    await nadia.waitForURL((url) => !url.pathname.endsWith('/stop'))

    await tess.getByRole('button', { name: 'Bekijk opnieuw' }).click()
    await tess.getByText('Deze gegevens kunt u nu niet bekijken.').waitFor()
    expect(await tess.getByText(SUM).count()).toBe(0)
    await look(tess, 'stopped')
    await endsAndErases(roos, root)
  })
})
