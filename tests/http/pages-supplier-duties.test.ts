import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { createApp } from '../../src/app.ts'
import { forwardRight, setForwardedAside } from '../../src/cases/forward-right.ts'
import { sayOfIncident } from '../../src/cases/say-of-incident.ts'
import type { Env } from '../../src/http.ts'
import type { ForwardedRightId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { signIn } from '../support/signed-in.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let app: Hono<Env>
let world: SmallWorld
let roos: Tutor
let visitor: Visitor
let mirjam: Visitor
let here: string
beforeAll(async () => {
  broker = await freshBroker()
  app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  await broker.owner`insert into supplier_boards (supplier_id, board_id, linked_at) values (${world.supplierId}, ${world.boardId}, now()) on conflict do nothing`
  roos = await tutorOf(broker, world.supplierId)
  visitor = await signIn(broker, app, roos.email)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  here = `/supplier/${world.supplierId}/duties`
})
afterAll(() => broker.close())

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)

describe('M16 A supplier sends on what the school has to answer', () => {
  const asked = { right: 'erasure', reference: 'RP-1', hint: 'Fatima, groep 6', words: 'Wis de oude toetsen.', on: '2026-11-12' }

  test('what is missing is told where it is typed', async () => {
    const page = await visitor.get(`${here}/forward`)
    const fields = { ...page.fields(`${here}/forward`), board: world.boardId }
    for (const [change, field] of [
      [{ reference: 'Fatima Amrani' }, 'reference'],
      [{ hint: '' }, 'hint'],
      [{ words: '' }, 'words'],
      [{ on: '2099-01-01' }, 'on'],
    ] as const) {
      const wrong = await visitor.post(`${here}/forward`, { ...fields, ...asked, ...change })
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
    }
  })

  test('the school is mailed, finds who it is and makes it a case, whose time runs from the day the supplier got it; the hint goes', async () => {
    const page = await visitor.get(`${here}/forward`)
    const sent = await visitor.post(`${here}/forward`, { ...page.fields(`${here}/forward`), board: world.boardId, ...asked })
    expect(sent.words).toContain('Doorgestuurd.')
    expect(sent.words).toContain('RP-1')
    expect(sent.words).toContain('bij de school')
    await deliverMails(broker.deps)
    expect(broker.mails.some(({ to, text }) => to === world.people.mirjam.email && text.includes('/school/cases'))).toBe(true)
    const cases = await mirjam.get('/school/cases')
    expect(cases.words).toContain('Het bedrijf schrijft: Fatima, groep 6 (RP-1)')
    const [{ forwarded_id: id }] = (await broker.owner`select forwarded_id from forwarded_rights`) as unknown as [{ forwarded_id: string }]
    const record = await mirjam.get(`/school/cases/record?forwarded=${id}&person=${world.people.fatima.id}`)
    expect(record.html).toContain('Wis de oude toetsen.')
    expect(record.html).toContain('value="2026-11-12"')
    const done = await mirjam.post('/school/cases/record', {
      ...record.fields('/school/cases/record'),
      by: world.people.nadia.id,
      right: 'erasure',
      method: 'paper',
      on: '2026-11-12',
      words: 'Wis de oude toetsen.',
    })
    expect(done.words).not.toContain('Doorgestuurd door een bedrijf')
    expect((await visitor.get(here)).words).toContain('opgepakt')
    expect(await broker.owner`select hint, case_id is not null as taken from forwarded_rights`).toMatchObject([{ hint: null, taken: true }])
  })

  test('or sets it aside; not for a board the supplier does not work for, and only by who may', async () => {
    const right = { boardId: world.boardId, kind: 'access' as const, reference: 'RP-9', hint: 'Iemand', receivedAt: broker.clock.now() }
    await forwardRight(broker.deps, roos.actor, right)
    const cases = await mirjam.get('/school/cases')
    const action = /\/school\/cases\/forwarded\/[\w-]+\/aside/.exec(cases.html)![0]
    expect((await mirjam.post(action, cases.fields(action))).words).toContain('Weggelegd.')
    expect((await visitor.get(here)).words).toContain('hoort er niet bij')
    const engineer = await colleagueOf(broker, roos, 'ed@rekenplus.example', ['engineer'])
    expect(await refused(forwardRight(broker.deps, engineer.actor, right))).toBe('member_role_missing')
    const atTheirDesk = await (await signIn(broker, app, engineer.email)).get(here)
    expect([atTheirDesk.status, atTheirDesk.words]).toEqual([200, expect.stringContaining('datalek')])
    expect(atTheirDesk.words, 'whom it is about is for who handles it').not.toContain('RP-9')
    const stranger = await tutorOf(broker, world.publisherId, 'anna@rekenrijk.example')
    await broker.owner`delete from supplier_boards where supplier_id = ${world.publisherId}`
    expect(await refused(forwardRight(broker.deps, stranger.actor, right))).toBe('board_not_found')
  })
})

test('M16 what a supplier ever sent on is all there, the newest first; a case worker finds what they sent on themselves', async () => {
  const bo = await colleagueOf(broker, roos, 'bo@rekenplus.example', ['case_worker'])
  const right = { boardId: world.boardId, kind: 'access' as const, hint: 'Iemand', receivedAt: broker.clock.now() }
  for (let nr = 1; nr <= 52; nr += 1) {
    await forwardRight(broker.deps, nr === 1 ? bo.actor : roos.actor, { ...right, reference: `BULK-${nr}.` })
    broker.clock.pass({ minutes: 1 })
  }
  const references = (html: string) => [...html.matchAll(/BULK-\d+(?=\.)/g)].map(([reference]) => reference)
  const newest = await visitor.get(here)
  expect(references(newest.html)).toEqual(Array.from({ length: 50 }, (_, nr) => `BULK-${52 - nr}`))
  const earlier = await visitor.get(/href="([^"]*\?sent=[^"]*)#sent"/.exec(newest.html)![1]!)
  expect(references(earlier.html)).toEqual(['BULK-2', 'BULK-1'])
  const bos = await signIn(broker, app, bo.email)
  expect(references((await bos.get(here)).html)).toEqual(['BULK-1'])
  // What the school sets aside is told to who sent it on, and to no other case worker.
  const gijs = await signIn(broker, app, (await colleagueOf(broker, roos, 'gijs@rekenplus.example', ['case_worker'])).email)
  const [sent] = await broker.owner<
    { forwarded_id: ForwardedRightId }[]
  >`select forwarded_id from forwarded_rights where reference = 'BULK-1.'`
  await setForwardedAside(broker.deps, world.people.mirjam.actor, sent!.forwarded_id)
  const told = 'neemt een verzoek dat u doorstuurde niet over'
  const home = `/supplier/${world.supplierId}`
  expect((await bos.get(home)).words).toContain(told)
  expect((await gijs.get(home)).words).not.toContain(told)
})

describe('M14 A supplier tells the school of a data leak', () => {
  const leak = {
    summary: 'Een laptop is gestolen.',
    found: '2026-11-16T09:00',
    from: '2026-11-15T09:00',
    until: '',
    nature: 'stolen',
    kind: 'learning',
    persons: 'Leerlingen van groep 6',
    size: '3',
    cause: '',
    measures: '',
  }

  test('with at least what Annex 2 asks for; and both go on telling', async () => {
    const page = await visitor.get(`${here}/leak`)
    const fields = page.fields(`${here}/leak`)
    for (const [change, field] of [
      [{}, 'boards'],
      [{ board: world.boardId, summary: '' }, 'summary'],
      [{ board: world.boardId, found: '2099-01-01T10:00' }, 'found'],
      [{ board: world.boardId, persons: '' }, 'persons'],
    ] as const) {
      const wrong = await visitor.post(`${here}/leak`, { ...fields, ...leak, ...change })
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
    }
    const told = await visitor.post(`${here}/leak`, { ...fields, ...leak, board: world.boardId })
    expect(told.words).toContain('Gemeld. De school heeft nu bericht.')
    const [incident] = await broker.owner`select incident_id, reported_by from incidents`
    expect(incident!.reported_by).toBe(`member:${roos.actor.memberId}`)
    await sayOfIncident(broker.deps, world.people.mirjam.actor, {
      incidentId: incident!.incident_id as never,
      words: 'Was hij versleuteld?',
    })
    const path = `${here}/leaks/${incident!.incident_id}`
    const seen = await visitor.get(path)
    expect(seen.words).toContain('Was hij versleuteld?')
    expect((await visitor.post(path, { ...seen.fields(path), words: '' })).status).toBe(400)
    expect((await visitor.post(path, { ...seen.fields(path), words: 'Ja.' })).words).toContain('De school heeft nu bericht.')
    const stranger = await signIn(broker, app, 'anna@rekenrijk.example')
    expect((await stranger.get(`/supplier/${world.publisherId}/duties/leaks/${incident!.incident_id}`)).status).toBe(404)
  })
})

describe('M21-M23 A supplier destroys what it had, and confirms it for each company that helped', () => {
  test('with a day to do it by; who left one out is told, and keeps what was ticked', async () => {
    await endAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, because: 'opgezegd' })
    const page = await visitor.get(here)
    expect(page.words).toContain('Wis de gegevens')
    expect(page.words).toContain('Uiterlijk op 16 december 2026')
    const action = /action="(\/supplier\/[\w-]+\/duties\/[\w-]{36})"/.exec(page.html)![1]!
    const wrong = await visitor.post(action, { ...page.fields(action), note: 'Alles weg.' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('Alles weg.')])
    expect(wrong.words).toContain('Kruis elk bedrijf aan')
    const ticked = { ...wrong.fields(action), subprocessor: 'Opslag Ierland Ltd.' }
    for (const note of ['Alles \u202eweg.', 'x'.repeat(2001)]) {
      const bad = await visitor.post(action, { ...ticked, note })
      const field = `note-${action.split('/').at(-1)}`
      expect([bad.status, bad.html]).toEqual([400, expect.stringContaining(`href="#${field}"`)])
      expect(bad.html, 'it is told at the field').toContain(`id="${field}-error">Dit is te lang`)
      expect(bad.html, 'what was typed and ticked is still there').toContain(note)
      expect(bad.html).toMatch(/value="Opslag Ierland Ltd\."[^>]* checked/)
    }
    expect(await broker.owner`select 1 from duties where confirmed_at is not null`).toHaveLength(0)
    const done = await visitor.post(action, { ...ticked, note: 'Alles weg.' })
    expect(done.words).toContain('Bevestigd.')
    expect(done.words).toContain('Er staat niets open.')
    const [duty] = await broker.owner`select confirmed_by, note from duties`
    expect(duty).toMatchObject({ confirmed_by: `member:${roos.actor.memberId}`, note: 'Alles weg.' })
    const english = await signIn(broker, app, roos.email)
    await english.post('/language', { language: 'en' })
    for (const path of [here, `${here}/forward`, `${here}/leak`]) expect((await english.get(path)).html).toContain('<html lang="en"')
  })

  test('what is done is still there beside very much that is open; and the page says when there is more than it shows', async () => {
    await visitor.post('/language', { language: 'nl' })
    const before = await visitor.get(here)
    expect(before.words).not.toContain('Hier staan')
    expect(before.words).toContain('Gedaan op 16 november 2026')
    const cards = (html: string) => html.match(/id="done-/g)?.length
    await broker.owner`
      insert into duties (board_id, duty_id, approach, supplier_id, agreement_id, began_at, due_at)
      select board_id, gen_random_uuid(), approach, supplier_id, agreement_id, began_at, due_at - nr * interval '1 minute'
      from duties, generate_series(1, 201) nr`
    const open = await visitor.get(here)
    expect(open.words).toContain('Hier staan de eerste 200.')
    expect(open.words).toContain('Wat u al hebt gedaan')
    expect(cards(open.html)).toBe(201)
    const confirmed = `member:${roos.actor.memberId}`
    await broker.owner`update duties set confirmed_at = due_at, confirmed_by = ${confirmed} where confirmed_at is null`
    const done = await visitor.get(here)
    expect(done.words).toContain('Er staat niets open.')
    expect(cards(done.html)).toBe(50)
    const dones = new Set<string>()
    let page: typeof done | undefined = done
    while (page) {
      for (const [, id] of page.html.matchAll(/id="done-([\w-]{36})"/g)) dones.add(id!)
      const earlier: string | undefined = /href="([^"]*\?confirmed=[^"]*)#confirmed">Laat zien wat daarvoor was/.exec(page.html)?.[1]
      page = earlier === undefined ? undefined : await visitor.get(earlier)
      if (page) expect(page.words).toContain('Terug naar het nieuwste')
    }
    expect(dones.size, 'all that was ever done').toBe(202)
  }, 60_000)
})
