import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { tellDeciders } from '../../src/consents/notices.ts'
import { inTransaction } from '../../src/database.ts'
import type { ConsentId } from '../../src/ids.ts'
import { TRANSLATIONS, type Translation } from '../../src/languages.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let nadia: Visitor
let question: ConsentId

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  nadia = await signIn(broker, app, world.people.nadia.email)
})
afterAll(() => broker.close())
beforeEach(async () => {
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
  broker.clock.pass({ seconds: 61 })
  question = await asked(broker, world)
})

const choose = (language: string) => nadia.post('/language', { language, back: '/consents' })

const WORDS: Record<Translation, { note: string; why: string; data: string; yes: string; stop: string; elsewhere: string }> = {
  tr: {
    note: 'Geçerli olan Hollandaca metindir.',
    why: 'Ne için?',
    data: 'test ve alıştırma sonuçları',
    yes: 'Evet',
    stop: 'Bunu durdurmak istiyor musunuz?',
    elsewhere: 'Bu sayfanın Türkçesi yok.',
  },
  ar: {
    note: 'النص المعتمد هو النص الهولندي.',
    why: 'لأي غرض؟',
    data: 'نتائج الاختبارات والتمارين',
    yes: 'نعم',
    stop: 'هل تريد إيقاف هذا؟',
    elsewhere: 'هذه الصفحة غير متوفرة بالعربية.',
  },
  pl: {
    note: 'Obowiązuje tekst niderlandzki.',
    why: 'Po co?',
    data: 'wyniki testów i ćwiczeń',
    yes: 'Tak',
    stop: 'Czy chcesz to zatrzymać?',
    elsewhere: 'Tej strony nie ma po polsku.',
  },
  uk: {
    note: 'Чинним є текст нідерландською.',
    why: 'Для чого?',
    data: 'результати тестів і вправ',
    yes: 'Так',
    stop: 'Хочете це зупинити?',
    elsewhere: 'Цієї сторінки немає українською.',
  },
}

describe.each(TRANSLATIONS)('A father who reads no Dutch reads the question in %s', (language) => {
  const words = WORDS[language]
  const direction = language === 'ar' ? 'rtl' : 'ltr'

  test('the question, the answer, the consent and stopping, marked as a translation; what was written in Dutch is said to be Dutch', async () => {
    await choose(language)
    const page = await nadia.get(`/questions/${question}`)
    expect(page.html).toContain(`<html lang="${language}" dir="${direction}"`)
    for (const said of [words.note, words.why, words.data]) expect(page.words).toContain(said)
    expect(page.html).toContain('<span lang="nl" dir="ltr">Om te helpen met rekenen.</span>')
    expect(page.html).toContain('<span lang="nl" dir="ltr">De juf helpt zonder deze gegevens.</span>')
    expect(page.html, 'Dutch names in a Dutch list').toContain('<span lang="nl" dir="ltr">rekenresultaten en oefentijd</span>')
    expect(page.html, 'Yes says Ja as well').toMatch(new RegExp(`value="yes"><span>${words.yes} <span[^>]*lang="nl"[^>]*>Ja</span>`))

    const review = await nadia.post(`/questions/${question}`, { ...page.fields('/questions'), answer: 'yes' })
    expect(review.html).toContain(`<html lang="${language}"`)
    const done = await nadia.post(`/questions/${question}`, { ...review.fields('/questions'), reviewed: '1' })
    expect(done.html).toContain(`<html lang="${language}"`)
    const [kept] = await broker.owner`
      select a.language, s.language as shown_language, s.body from answers a join shown_texts s using (shown_hash) where consent_id = ${question}`
    expect(kept).toMatchObject({ language, shown_language: language })
    expect(JSON.parse(kept!.body)).toMatchObject({ language, reason: 'Om te helpen met rekenen.' })
    expect(kept!.body, 'the bytes are of what was shown').toContain(words.data)

    expect((await nadia.get(`/consents/${question}`)).words).toContain(words.note)
    const stop = await nadia.get(`/consents/${question}/stop`)
    expect(stop.words).toContain(words.stop)
    await nadia.post(`/consents/${question}/stop`, {})
    expect((await broker.owner`select ended_as from consents where consent_id = ${question}`)[0]).toEqual({ ended_as: 'withdrawn' })
  })

  test('one press leads to the Dutch text, which leads, and the choice stays', async () => {
    await choose(language)
    const translated = await nadia.get(`/questions/${question}`)
    const [, href] = translated.html.match(/<a [^>]*href="(\?in=[^"]*)"/)!
    const dutch = await nadia.get(`/questions/${question}${href}`)
    expect(dutch.html).toContain('<html lang="nl" dir="ltr"')
    expect(dutch.words).toContain('Wat als u nee zegt?')
    await nadia.post(`/questions/${question}`, { ...dutch.fields('/questions'), answer: 'no' })
    expect(await broker.owner`select language from answers where consent_id = ${question}`).toMatchObject([{ language: 'nl' }])
    expect((await nadia.get('/')).html).toContain(`<html lang="${language}"`)
  })

  test('a page that is not translated is Dutch, and says so', async () => {
    await choose(language)
    const page = await nadia.get('/link-codes')
    expect(page.html).toContain('<html lang="nl" dir="ltr"')
    expect(page.words).toContain(words.elsewhere)
    expect(page.html).toContain(`class="note no-print" lang="${language}" dir="${direction}"`)
  })

  test('the account remembers; a mail comes in Dutch, which leads', async () => {
    await choose(language)
    nadia.cookies.delete('__Host-language')
    expect((await nadia.get('/')).html).toContain(`<html lang="${language}"`)
    await broker.owner`delete from deliveries`
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      tellDeciders(tx, broker.deps, broker.clock.now(), world.boardId, [world.people.fatima.id]),
    )
    await deliverMails(broker.deps)
    expect(broker.mails.findLast(({ to }) => to === world.people.nadia.email)!.text).toContain('Er staat een vraag voor u klaar.')
  })
})

test('Without a choice it is the first language that the browser asks for and we have', async () => {
  for (const [wanted, got] of [
    ['uk-UA,uk;q=0.9,en;q=0.8', 'uk'],
    ['de,ar;q=0.5', 'ar'],
    ['fr', 'nl'],
    ['en-GB', 'en'],
  ] as const) {
    const visitor = new Visitor(app, { language: wanted })
    const page = await visitor.get('/sign-in')
    expect(page.html).toContain(`<html lang="${got === 'en' ? 'en' : 'nl'}"`)
    expect(page.html.match(/<button[^>]*aria-current="true"/)![0]).toContain(`value="${got}"`)
  }
})

test('A language we do not have is refused, and an address that asks for one shows your own', async () => {
  await choose('nl')
  expect((await nadia.post('/language', { language: 'de', back: '/' })).status).toBe(400)
  expect((await nadia.get(`/questions/${question}?in=de`)).html).toContain('<html lang="nl"')
})

test('K33: at a board of vocational education a student is called so, and a pupil everywhere else', async () => {
  const mirjam = await signIn(broker, app, world.people.mirjam.email)
  const told = async () => (await mirjam.get(`/school/people/${world.people.fatima.id}`)).words
  await choose('nl')
  const purpose = async () => (await nadia.get(`/questions/${question}`)).words
  expect(await told()).toContain('Wie zorgt voor deze leerling?')
  expect(await purpose()).toContain('leren en leerlingen helpen met het leermiddel')
  await broker.owner`update schools set sector = 'mbo'`
  expect(await told()).toContain('Wie zorgt voor deze student?')
  expect(await purpose()).toContain('leren en studenten helpen met het leermiddel')
  const [school] = await broker.owner`select school_id from schools limit 1`
  await broker.owner`update schools set sector = 'vo' where school_id = ${school!.school_id}`
  expect(await told(), 'where some are pupils').toContain('Wie zorgt voor deze leerling?')
})
