import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { draftAgreement } from '../../src/agreements/draft-agreement.ts'
import { runBoardJobs } from '../../src/board-jobs.ts'
import type { AccountId, PersonId, RequestId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { look } from '../support/looking.ts'
import { parentOverHttp } from '../support/parent-over-http.ts'
import { requesting } from '../support/requesting.ts'
import { CHILDREN, groupOfChild, rosterOfThreeHundred } from '../support/school-of-three-hundred.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** However busy the machine is: each step waits for what it expects. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })
const PATIENCE = 120_000

let broker: TestBroker
let world: SmallWorld
let served: ServedBroker
let roster: Uint8Array
let beside: NodeJS.Timeout
/** The path of the round of this year, and the request of Reken Plus. */
let round = ''
let requestId: RequestId
const contexts: BrowserContext[] = []
beforeAll(async () => {
  broker = await freshBroker({ at: '2026-09-01T10:00:00+02:00' })
  world = await smallWorld(broker)
  // Last year's agreement with Reken Plus is over: this year's is still to be signed.
  await broker.owner`delete from agreement_services where agreement_id = ${world.agreementId}`
  await broker.owner`delete from supplier_agreements where agreement_id = ${world.agreementId}`
  await broker.owner`delete from handles where handle = ${world.agreementId}`
  // Last year's roster brought Fatima and her parents.
  await broker.owner`update persons set source_id = 'u-' || lower(given_name) where given_name in ('Fatima', 'Nadia', 'Karim')`
  await tellWorld(broker, world)
  roster = await rosterOfThreeHundred()
  served = await serveWithBrowser(broker)
  // As the server does beside the requests: what one turn could not take, the next one does.
  beside = setInterval(() => broker.deps.afterwards(() => runLongWork(broker.deps)), 1000)
})
afterAll(async () => {
  clearInterval(beside)
  for (const context of contexts) await context.close()
  await served?.close()
  await broker?.settled()
  if (broker) await expectNothingBroken(broker)
  await broker?.close()
})

/** Somebody of the school at a browser of their own, signed in now. */
async function enter(who: 'mirjam' | 'ruud' | 'pim', device = DESKTOP): Promise<Page> {
  const context = await served.browser.newContext({ ...device, locale: 'nl-NL' })
  contexts.push(context)
  context.setDefaultTimeout(PATIENCE)
  return await signInWith(context, served, broker, world.people[who].email)
}

const open = (page: Page, path: string) => page.goto(`${served.origin}${path}`)
/** Sends the form that goes there, and waits for the page that it leads to. */
async function send(page: Page, action: string, then: RegExp): Promise<void> {
  await page.locator(`form[method=post][action$="${action}"] button[type=submit]:visible`).first().click()
  await page.waitForURL(then)
}
async function sees(page: Page, words: string | RegExp): Promise<void> {
  await page.getByText(words).first().waitFor()
}
describe('A year of De Regenboog: its staff at a browser, three hundred parents over HTTP (K04–K11)', () => {
  test('the roster comes in: the board says what its list means, looks at what it changes, and takes it in', async () => {
    const page = await enter('mirjam')
    await open(page, '/school/settings')
    await page.selectOption('#declares', 'yes')
    await send(page, '/school/settings', /done=set/)
    await open(page, '/school/roster')
    await page.setInputFiles('input[type=file]', { name: 'rooster.zip', mimeType: 'application/zip', buffer: Buffer.from(roster) })
    await send(page, '/school/roster', /\/school\/roster\/[0-9a-f-]{36}/)
    await sees(page, 'Dit gaat er veranderen')
    await sees(page, `Nieuwe leerlingen: ${CHILDREN + 1}`)
    await look(page, 'year-roster')
    await page.click('form[action$="/confirm"] button[type=submit]')
    await sees(page, 'De lijst is overgenomen op')
    const [row] = await broker.owner<{ count: number }[]>`select count(*)::int as count from guardianships where authority = 'yes'`
    expect(row!.count).toBe(CHILDREN + 3)
  })

  test('the contract with Reken Plus is checked by the school leader, part by part, and signed for the board', async () => {
    const agreementId = await draftAgreement(broker.deps, 'operator', {
      boardId: world.boardId,
      supplierId: world.supplierId,
      kind: 'processor',
      productAgreement: 'Productovereenkomst 2026',
      retention: 'tot einde schooljaar',
      startsAt: broker.clock.now(),
      endsAt: world.until,
      services: [{ serviceId: world.serviceId }],
    })
    const path = `/school/contracts/${agreementId}`
    const mirjam = await enter('mirjam')
    await open(mirjam, path)
    await mirjam.getByLabel('Gesprek met ouders').check()
    await send(mirjam, `${path}/check`, /done=checked/)
    const ruud = await enter('ruud')
    await open(ruud, path)
    await sees(ruud, '[x] Gesprek met ouders (optioneel)')
    await look(ruud, 'year-contract')
    await send(ruud, `${path}/sign`, /done=signed/)
    await sees(ruud, 'geldt nu')
  })

  test('the round is made from the contract and the school’s own pictures: what is no question is told, and it goes out', async () => {
    const page = await enter('mirjam')
    await open(page, '/school/rounds/new')
    await send(page, '/school/rounds/new', /\/school\/rounds\/[0-9a-f-]{36}/)
    round = new URL(page.url()).pathname
    await open(page, `${round}/add/image`)
    await page.fill('#channel', 'schoolwebsite')
    await send(page, `${round}/add/image`, /done=added/)
    await open(page, `${round}/add`)
    await look(page, 'year-add')
    for (const [part, told] of [
      ['begeleiding', true],
      ['oudergesprek', false],
    ] as const) {
      const form = `${round}/add/part.${world.serviceId}.${part}`
      await open(page, form)
      if (told) await page.check('#data-learning-results')
      else await page.check('#data-usage-data')
      await page.fill('#reason', 'Zo kan de begeleider goed helpen met rekenen.')
      await page.fill('#alternative', 'Dan helpt de juf of meester zelf.')
      await send(page, form, /done=added/)
    }
    await open(page, `${round}/audience`)
    await page.check(`#school-${world.schoolId}`)
    await send(page, `${round}/audience/save`, /done=audience/)
    await open(page, `${round}/preview`)
    await look(page, 'year-preview')
    await open(page, `${round}/publish`)
    await look(page, 'year-publish')
    await send(page, `${round}/publish`, /done=sent/)
    await sees(page, /^0 van de 604 vragen hebben een antwoord\.$/)
    await broker.settled()
    await deliverMails(broker.deps)
    const told = new Set(broker.mails.filter(({ subject }) => subject.startsWith('Een vraag via')).map(({ to }) => to))
    expect(told.size).toBe(CHILDREN + 3)
  })

  test('three hundred parents answer on their own, and the school sees how far it is', async () => {
    const parents = await broker.owner<{ account_id: AccountId; person_id: PersonId; email: string }[]>`
      select gen_random_uuid() as account_id, person_id, email from persons where email like 'ouder-%' order by email`
    expect(parents).toHaveLength(CHILDREN)
    const at = broker.clock.now()
    await broker.owner`insert into accounts ${broker.owner(parents.map(({ account_id, email }) => ({ account_id, email, created_at: at })))}`
    await broker.owner`insert into account_persons ${broker.owner(
      parents.map(({ account_id, person_id }) => ({ account_id, board_id: world.boardId, person_id, claimed_at: at })),
    )}`
    const all = [...parents, { account_id: world.people.nadia.account, email: world.people.nadia.email }]
    // Four at a time, as they would come in the evening.
    const answerInTurn = async () => {
      for (let next = all.shift(); next; next = all.shift()) {
        const parent = await parentOverHttp(broker, next.account_id)
        expect(await parent.answersTheYear(saysNo(next.email) ? 'no' : 'yes'), next.email).toBe(2)
      }
    }
    await Promise.all([answerInTurn(), answerInTurn(), answerInTurn(), answerInTurn()])
    const page = await enter('mirjam')
    await open(page, round)
    await sees(page, /^602 van de 604 vragen hebben een antwoord\.$/)
    await look(page, 'year-progress')
  })

  test('in November Reken Plus asks what nobody foresaw: matched, passed on, answered, released', async () => {
    broker.clock.set('2026-11-16T10:00:00+01:00')
    const supplier = requesting(broker, world)
    requestId = await supplier.asks()
    const path = `/school/requests/${requestId}`
    const page = await enter('mirjam')
    await open(page, '/school')
    await page.locator(`a[href="${path}"]`).first().click()
    await page.waitForURL(served.origin + path)
    await page.fill('#find', 'Fatima')
    await page.locator(`form[method=get][action="${path}"] button`).click()
    await page.waitForURL(/find=Fatima/)
    await page.selectOption('#person-0', world.people.fatima.id)
    await send(page, `${path}/match`, /done=matched/)
    await page.fill('#alternative', 'De begeleider doet eerst zelf een toets met Fatima.')
    await look(page, 'year-forward')
    await send(page, `${path}/forward`, /done=forwarded/)
    const nadia = await parentOverHttp(broker, world.people.nadia.account)
    expect(await nadia.answersQuestions('yes')).toBe(1)
    await open(page, path)
    await look(page, 'year-release')
    await send(page, `${path}/release`, /done=released/)
    expect((await supplier.seen(requestId)).subjects).toMatchObject([{ reference: 'rp-1', status: 'released' }])
  })

  test('the teacher looks at the list of the group before taking a picture, on the phone', async () => {
    const page = await enter('pim', PHONE)
    await open(page, '/school/who-may')
    await page.selectOption('#group', { label: 'Groep 6, De Regenboog' })
    await page.locator('form[action="/school/who-may"] button[type=submit]').click()
    await page.waitForURL(/group=/)
    await look(page, 'year-teacher')
    const picture = page.locator('section.card', { hasText: 'schoolwebsite' })
    const names = (nr: number) => picture.locator('ul.names').nth(nr).locator('li').allTextContents()
    const [mayNot, may] = [await names(0), await names(1)]
    const children = Array.from({ length: CHILDREN }, (_, nr) => nr).filter((nr) => groupOfChild(nr) === 'Groep 6')
    const no = children.filter((nr) => saysNo(`ouder-${nr}@gezin.example`))
    expect(mayNot.toSorted()).toEqual(no.map((nr) => `Kind de Vries ${nr}`).toSorted())
    expect(may).toHaveLength(children.length - no.length + 1)
    expect(await page.getByText('Ouder').count(), 'no reason and nobody who gave it').toBe(0)
  })

  test('in June the work list tells what stops, next year’s round is made from this one, and on 1 August it is over', async () => {
    broker.clock.set('2027-06-10T10:00:00+02:00')
    const page = await enter('mirjam')
    await open(page, '/school/work')
    await sees(page, 'Dit stopt na 31 juli 2027.')
    await look(page, 'year-june')
    await open(page, '/school/rounds')
    await page.locator('main article summary').first().click()
    await send(page, `${round}/next`, /\/school\/rounds\/[0-9a-f-]{36}\?done=/)
    await sees(page, 'Ouderovereenkomst 2027-2028')
    broker.clock.set('2027-08-01T09:00:00+02:00')
    await runBoardJobs(broker.deps)
    await deliverMails(broker.deps)
    const teacher = await enter('pim', PHONE)
    await open(teacher, `/school/who-may?group=${encodeURIComponent(`${world.schoolId}:Groep 6`)}`)
    await sees(teacher, 'Voor deze groep is nog niets gevraagd. Dan mag er dus niets.')
    const [standing] = await broker.owner<{ count: number }[]>`
      select count(*)::int as count from consents c join items i using (board_id, item_id) where i.ends_at > ${broker.clock.now()}`
    expect(standing!.count, 'nothing was renewed').toBe(0)
  })
})

/** One family in seven. */
const saysNo = (email: string) => Number(/\d+/.exec(email)?.[0] ?? 1) % 7 === 0
