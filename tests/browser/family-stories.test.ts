import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ConsentId } from '../../src/ids.ts'
import { messages } from '../../src/web/texts/messages.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { DESKTOP, PHONE, type ServedBroker, serveWithBrowser, signInWith } from '../support/chromium.ts'
import { sibling } from '../support/sibling.ts'
import { type SmallWorld, smallWorld, type WorldPerson } from '../support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let broker: TestBroker
let world: SmallWorld
let they: Asking
let served: ServedBroker
let lotte: WorldPerson
let yara: WorldPerson
const LOTTE_SIXTEEN = '2026-11-30T09:00:00+01:00'

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  lotte = await sibling(broker, world, 'lotte', { birthDate: '2010-11-30', guardians: ['nadia'] })
  yara = await sibling(broker, world, 'yara', { birthDate: '2018-09-09', guardians: ['karim'] })
  await broker.owner`update guardianships set authority = 'unknown' where pupil_id = ${yara.id}`
  served = await serveWithBrowser(broker)
})
afterAll(async () => {
  await served?.close()
  await broker?.close()
})

/** On a phone and at a desk, with and without JavaScript, in Dutch and in English: every story is told in each of the eight ways. */
const ways = [
  { device: 'on a phone', options: PHONE },
  { device: 'at a desk', options: DESKTOP },
].flatMap(({ device, options }) =>
  [false, true].flatMap((javaScriptEnabled) =>
    (['nl', 'en'] as const).map((language) => ({
      name: `${device}, JavaScript ${javaScriptEnabled ? 'on' : 'off'}, ${language}`,
      language,
      options: { ...options, javaScriptEnabled },
    })),
  ),
)

describe.each(ways)('The family’s stories $name', ({ language, options }) => {
  const t = messages[language]
  const signedIn = new Map<WorldPerson, Page>()
  beforeAll(() => broker.clock.set('2026-11-16T10:00:00+01:00'))
  afterEach(async () => {
    await broker.owner`update consents set ended_at = greatest(asked_at, ${broker.clock.now()}), ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    await broker.settled()
    broker.clock.pass({ minutes: 20 })
  })
  afterAll(async () => {
    await allLeave()
    // The same day comes again, and mails are rationed by the day.
    await broker.owner`delete from deliveries`
    broker.mails.length = 0
    await broker.owner`delete from rates`
    await broker.owner`delete from sign_in_codes`
  })

  const allLeave = async () => {
    for (const page of signedIn.values()) await page.context().close()
    signedIn.clear()
  }
  /** Who came in before still has their browser open. */
  const enter = async (who: WorldPerson): Promise<Page> => {
    const open = signedIn.get(who)
    if (open) return open
    const context = await served.browser.newContext(options)
    await context.addCookies([{ name: 'language', value: language, url: served.origin }])
    const page = await signInWith(context, served, broker, who.email)
    signedIn.set(who, page)
    return page
  }
  const open = async (page: Page, path: string) => {
    await page.goto(`${served.origin}${path}`)
    return await page.locator('main').innerText()
  }
  const answer = async (page: Page, consent: ConsentId, says: 'yes' | 'no') => {
    await open(page, `/questions/${consent}`)
    await page.locator(`.choice button[value=${says}]`).click()
    await page.waitForSelector('button[name=reviewed]')
    await page.locator('button[name=reviewed]').click()
    await page.waitForURL(/done/)
    return await page.locator('main').innerText()
  }

  test('Nadia says yes, Karim is told and says no with one press; both see that they do not agree and not who said what; Karim takes his no back', async () => {
    const question = await asked(broker, world)
    const [nadia, karim] = [await enter(world.people.nadia), await enter(world.people.karim)]
    expect(await answer(nadia, question, 'yes')).toContain(t.question.done.yesTitle)
    await broker.settled()
    const mail = broker.mails.findLast(({ to, text }) => to === world.people.karim.email && text.includes('/other-yes'))!
    await karim.goto(mail.text.match(/https?:\S+/)![0])
    expect(await karim.locator('main').innerText()).toContain(t.question.otherYes.intro)
    expect(await they.state(question), 'opening the link decides nothing').toBe('given')
    await karim.locator('.choice button[value=no]').click()
    await karim.waitForURL(/done/)
    expect(await they.state(question)).toBe('conflict')
    for (const page of [nadia, karim]) {
      const said = await open(page, `/consents/${question}`)
      expect(said).toContain(t.question.done.conflict)
    }
    expect(await open(nadia, `/consents/${question}`)).not.toContain('Karim')
    await open(karim, `/questions/${question}/done`)
    await karim.getByRole('button', { name: t.question.done.undo }).click()
    await karim.waitForURL(/undone/)
    expect(await they.state(question)).toBe('given')
  })

  test('both agree; either stops it alone, and sees at once what follows', async () => {
    const question = await asked(broker, world, { approach: 'subject' })
    const [nadia, karim] = [await enter(world.people.nadia), await enter(world.people.karim)]
    await answer(nadia, question, 'yes')
    await answer(karim, question, 'yes')
    broker.clock.pass({ minutes: 7 })
    await open(karim, `/consents/${question}/stop`)
    await karim.locator('main form button').click()
    await karim.waitForURL(new RegExp(`/consents/${question}$`))
    const said = await karim.locator('main').innerText()
    expect(said).toContain(t.consents.stopped)
    expect(said).toContain(t.consents.alreadyHas)
    expect(await open(nadia, `/consents/${question}`), 'by day, not by the minute').not.toContain('10:07')
  })

  test('Yara: nobody knows who may answer, so nobody is asked, nothing is shared, and whoever looks sees nothing of her', async () => {
    const question = await asked(broker, world, { about: yara.id })
    expect(await they.state(question)).toBe('unknown')
    const karim = await enter(world.people.karim)
    expect(await open(karim, '/')).not.toContain('Yara')
    expect(await open(karim, '/consents')).not.toContain('Yara')
    expect((await karim.goto(`${served.origin}/questions/${question}`))!.status()).toBe(404)
  })

  test('Sara: saying no has no consequence, says the page, and her manager never sees what she said', async () => {
    const question = await asked(broker, world, { about: world.people.sara.id })
    const [sara, mirjam] = [await enter(world.people.sara), await enter(world.people.mirjam)]
    expect(await open(sara, `/questions/${question}`)).toContain(t.question.employee)
    expect(await answer(sara, question, 'no')).toContain(t.question.done.noTitle)
    expect((await mirjam.goto(`${served.origin}/consents/${question}`))!.status()).toBe(404)
    for (const path of ['/school', '/school/inquiries', '/school/objections', '/consents'])
      expect(await open(mirjam, path)).not.toContain('Sara')
  })

  test('Kees, whose authority ended, sees nothing new and no trace of the other parent', async () => {
    const question = await asked(broker, world)
    const kees = await enter(world.people.karim)
    await answer(kees, question, 'yes')
    await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardianship_id = ${world.guardianships.karim}`
    broker.clock.pass({ minutes: 5 })
    const later = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    await they.answer(world.people.nadia, question, 'no')
    for (const path of ['/', '/consents', '/consents/images', '/link-codes']) {
      const said = await open(kees, path)
      for (const trace of ['Fatima', 'Nadia', 'nadia@', 'website']) expect(said, `${path} and ${trace}`).not.toContain(trace)
    }
    for (const consent of [question, later]) {
      for (const path of [`/consents/${consent}`, `/questions/${consent}`, `/questions/${consent}/done`, `/questions/${consent}/ask`]) {
        expect((await kees.goto(`${served.origin}${path}`))!.status(), path).toBe(404)
      }
    }
    await broker.owner`update guardianships set ends_at = null where guardianship_id = ${world.guardianships.karim}`
  })

  test('Lotte: at fifteen she may only stop; on her birthday she decides, and her mother sees that only when she shares it', async () => {
    const question = await asked(broker, world, { about: lotte.id })
    await they.answer(world.people.nadia, question, 'yes')
    const before = await enter(lotte)
    expect(await open(before, '/')).toContain(t.home.nothing)
    expect(await open(before, `/questions/${question}`)).toContain(t.question.mayOnlyStop)
    await allLeave()
    broker.clock.set(LOTTE_SIXTEEN)
    const [her, mother] = [await enter(lotte), await enter(world.people.nadia)]
    expect(await open(her, `/questions/${question}`)).toContain(t.question.parentsGave)
    await answer(her, question, 'yes')
    expect(await open(mother, `/consents/${question}`), 'what she gave herself, and nothing of what came since').toContain(
      t.consents.takenOverIntro,
    )
    await open(her, `/consents/${question}`)
    await her.getByRole('button', { name: t.consents.share }).click()
    await her.waitForSelector('button[value=no]')
    expect(await open(mother, `/consents/${question}`)).not.toContain(t.consents.takenOverIntro)
  })
})
