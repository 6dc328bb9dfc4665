import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { createApp } from '../../src/app.ts'
import type { RequestId } from '../../src/ids.ts'
import { inviteAdministrator } from '../../src/members/invite-member.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { nl } from '../../src/web/texts/nl.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { accessibilityFaults, DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { hostedPublisher, SUM } from '../support/hosted-publisher.ts'
import { picture } from '../support/looking.ts'
import { requesting } from '../support/requesting.ts'
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
  await broker.owner`insert into supplier_boards (supplier_id, board_id, linked_at) values (${world.supplierId}, ${world.boardId}, now()) on conflict do nothing`
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

/** Roos invites a case worker, who comes with the code from the mail. */
async function joins(page: Page, root: string, email: string, name: string): Promise<Page> {
  await page.goto(`${root}/people`)
  await page.fill('#name', name)
  await page.fill('#email', email)
  await page.locator('#roles-case_worker').check()
  await page.getByRole('button', { name: 'Stuur de uitnodiging' }).click()
  await page.waitForURL(/done=invited/)
  await broker.settled()
  const code = broker.mails.findLast(({ to, subject }) => to === email && subject.startsWith('Uitnodiging'))!.text.match(/^[\w-]{43}$/m)![0]
  const colleague = await entered(DESKTOP, email)
  await colleague.goto(`${served.origin}/supplier/join`)
  await colleague.fill('#code', code)
  await colleague.click('main form button')
  await colleague.waitForURL(/done=joined/)
  return colleague
}

const says = (page: Page) => page.locator('main').innerText()

const LOOKED_AT = ['section', 'publish', 'propose-wrong', 'ask-school-wrong', 'duties-wrong']

/** A screen as it is come to: axe where it is come to by an act, and a picture when somebody wants one. */
const looking = (page: Page, name: string) => async (screen: string) => {
  await picture(page, `${screen}-${name}`)
  // tests/browser/every-page.test.ts looks at all of them, in every light.
  if (LOOKED_AT.includes(screen)) expect(await accessibilityFaults(page), screen).toEqual([])
}

describe('Reken Plus, without a developer', () => {
  test('from its invitation to seeing Fatima’s results and the stop in mid-session: leaflet, request, release, look, and what to erase in the end', async () => {
    const { code } = await inviteAdministrator(broker.deps, world.supplierId, { email: ROOS, name: 'Roos Plus' })
    const page = await entered(DESKTOP, ROOS)
    const look = looking(page, 'desktop-nl')
    const root = `${served.origin}/supplier/${world.supplierId}`
    await page.goto(`${served.origin}/supplier/join`)
    await page.fill('#code', code)
    await page.click('main form button')
    await page.getByText('U werkt nu hier voor Reken Plus B.V.').first().waitFor()
    await look('home')

    await page.getByRole('link', { name: 'Diensten' }).click()
    await look('services')
    await page.getByRole('link', { name: 'Bekijk de bijsluiter van Dyscalculiebegeleiding' }).click()
    await look('service')
    await page.getByRole('link', { name: 'Bedrijven die helpen' }).click()
    await page.fill('#name-1', 'Rekenhulp Ltd.')
    await page.fill('#task-1', 'rekent mee')
    await page.fill('#country-1', 'Verenigde Staten')
    await look('section')
    await page.getByRole('button', { name: 'Bewaar en voeg er meer toe' }).click()
    await page.getByText('Dit deel is bewaard.').first().waitFor()
    await page.getByRole('link', { name: 'Terug naar de dienst' }).click()
    await page.getByRole('link', { name: 'Zo ziet een ouder het' }).click()
    await look('as-parent')
    await page.getByRole('link', { name: 'Zo ziet een school het' }).click()
    await look('as-school')
    await page.getByRole('link', { name: 'Terug naar de dienst' }).click()
    await page.getByRole('link', { name: 'Kijk na en maak openbaar' }).click()
    await page.getByText('Stichting De Waterlelie Onderwijs').first().waitFor()
    await look('publish')
    await page.goto(`${root}/services/${world.serviceId}`)
    await page.getByText('Gooi weg wat u schreef').click()
    await page.getByRole('button', { name: 'Gooi weg' }).click()

    await page.goto(`${root}/agreements`)
    await look('agreements')
    await page.getByRole('link', { name: 'Stel een contract voor' }).click()
    await page.getByRole('button', { name: 'Stel dit contract voor' }).click()
    await look('propose-wrong')

    await page.goto(`${root}/asking`)
    await look('asking')
    await page.getByRole('link', { name: 'Vraag aan een school' }).click()
    await page.selectOption('#school', '99ZA')
    await page.getByLabel('rekenresultaten').check()
    await page.selectOption('#purpose', '5.1.a')
    await page.fill('#until', '2027-02-01')
    await page.fill('#occasion', 'De ouders meldden hun kind aan.')
    await page.fill('#subjects', 'RP-1; Fatima, groep 6')
    await page.getByRole('button', { name: 'Stuur de vraag naar de school' }).click()
    await page.getByText('Er staat niet in gewone woorden waarom het nodig is.').first().waitFor()
    await look('ask-school-wrong')
    await page.fill('#reason', 'Zo ziet de begeleider waar uw kind moeite mee heeft.')
    await page.getByRole('button', { name: 'Stuur de vraag naar de school' }).click()
    await look('asked')

    const [row] = await broker.owner`select request_id from access_requests`
    const requestId = row!.request_id as RequestId
    const school = requesting(broker, world)
    await school.matched(requestId, world.people.fatima.id, 'RP-1')
    await school.forwards(requestId)
    const consentId = (await school.subjects(requestId))[0]!.consentId!
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    await releaseRequest(broker.deps, world.people.mirjam.actor, { requestId, coversLater: false })
    await page.goto(`${root}/asking/requests/${requestId}`)
    expect(await says(page)).toMatch(/RP-1\s+doorgegeven/)
    await look('released')

    const tess = await joins(page, root, 'tess@rekenplus.example', 'Tess de Vries')
    await page.goto(`${root}/asking/requests/${requestId}`)
    await page.getByRole('link', { name: 'Koppel een begeleider en bekijk de gegevens' }).click()
    await page.getByText('Een begeleider koppelen aan dossier RP-1').click()
    await page.getByLabel('Wie begeleidt deze persoon?').selectOption({ label: 'Tess de Vries' })
    await look('assign')
    await page.getByRole('button', { name: 'Koppel' }).click()
    await page.getByText('De begeleider is gekoppeld.').waitFor()
    await tess.goto(`${root}/subjects`)
    await tess.getByRole('link', { name: 'Bekijk de gegevens van dossier RP-1' }).click()
    await tess.getByRole('button', { name: 'Bekijk nu' }).click()
    await tess.getByText(SUM).waitFor()
    await looking(tess, 'desktop-nl')('look')

    const nadia = await entered(PHONE, world.people.nadia.email)
    await nadia.goto(`${served.origin}/consents/${consentId}`)
    await nadia.getByText('Tess de Vries bekeek').waitFor()
    await looking(nadia, 'phone-nl')('seen-by-tess')
    await nadia.getByRole('link', { name: nl.consents.stop }).click()
    await nadia.waitForURL(/stop$/)
    await nadia.locator('main form button').click()
    await nadia.waitForURL(/consents/)

    await tess.getByRole('button', { name: 'Bekijk opnieuw' }).click()
    await tess.getByText('Deze gegevens kunt u nu niet bekijken.').waitFor()
    expect(await tess.getByText(SUM).count()).toBe(0)
    await looking(tess, 'desktop-nl')('stopped')

    await endAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, because: 'opgezegd' })
    await page.getByRole('link', { name: 'Plichten' }).click()
    await look('duties')
    await page.getByText('Het is gedaan').first().click()
    await page.getByRole('button', { name: 'Bevestig dat het is gedaan' }).first().click()
    await look('duties-wrong')
    await page.getByLabel('Opslag Ierland Ltd. deed het ook').first().check()
    await page.getByRole('button', { name: 'Bevestig dat het is gedaan' }).first().click()
    await page.getByText('Bevestigd.').first().waitFor()
  })
})
