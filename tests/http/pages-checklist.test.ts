import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { countedOf, isChecklistDue, STATEMENTS } from '../../src/cases/checklist.ts'
import { closeChecklistPoint, makeChecklistPoint } from '../../src/cases/checklist-points.ts'
import { handInChecklist } from '../../src/cases/hand-in-checklist.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { schoolYearOf } from '../../src/people/school-year.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld, type WorldPerson } from '../support/world.ts'

const PATH = '/school/checklist'
const NOTE = 'Er hing een briefje bij de kopieermachine.'

let broker: TestBroker
let world: SmallWorld
let elsewhere: SmallWorld
let [mirjam, els, pim, nadia, stranger]: Visitor[] = []
beforeAll(async () => {
  broker = await freshBroker()
  const app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  elsewhere = await smallWorld(broker, world)
  const { people } = world
  const visitors: Visitor[] = []
  for (const { email } of [people.mirjam, people.els, people.pim, people.nadia, elsewhere.people.mirjam])
    visitors.push(await signIn(broker, app, email))
  ;[mirjam, els, pim, nadia, stranger] = visitors
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId, elsewhere.boardId)
  await broker.close()
})

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
const allOk = Object.fromEntries(STATEMENTS.map((statement) => [statement, 'ok']))
const handIn = ({ actor }: WorldPerson, passwords: 'ok' | 'not_ok' = 'ok', note: string | null = null) =>
  handInChecklist(
    broker.deps,
    actor,
    Object.fromEntries(STATEMENTS.map((one) => [one, one === 'passwords' ? { answer: passwords, note } : { answer: 'ok', note: null }])),
  )
/** The row of one statement, as it is read. */
const rowOf = (words: string, begin: string) => words.slice(words.indexOf(begin)).slice(0, 120)

describe('P46 The yearly privacy checklist', () => {
  test('has 27 statements, waits from halfway the school year, and is counted by five', () => {
    expect(new Set(STATEMENTS).size).toBe(27)
    const year = schoolYearOf({ schoolYearStarts: '08-01' }, new Date('2026-11-16T09:00:00Z'))
    expect(isChecklistDue(year, new Date('2027-01-31T22:59:59Z'))).toBe(false)
    expect(isChecklistDue(year, new Date('2027-01-31T23:00:00Z'))).toBe(true)
    expect([0, 4, 5, 9, 10].map(countedOf)).toEqual([0, 0, 5, 5, 10])
  })

  test('is walked through by who works there, and by nobody else', async () => {
    const page = await pim!.get(PATH)
    for (const words of ['Checklist privacy 2026-2027', 'Niemand ziet wat u hebt gekozen', 'Bekijk dit in de app'])
      expect(page.words).toContain(words)
    expect(page.html).not.toContain('checked')
    expect((await nadia!.get(PATH)).words).toContain('Deze lijst is voor wie bij de school werkt.')
    expect((await nadia!.post(PATH, { ...allOk })).status).toBe(403)
    expect(await refused(handIn(world.people.nadia))).toBe('mandate_missing')
    expect(await refused(handInChecklist(broker.deps, world.people.pim.actor, {}))).toBe('input_invalid')
  })

  test('tells at the statement what is missing and keeps what was chosen; handed in twice it counts once', async () => {
    const form = (await pim!.get(PATH)).fields(PATH)
    const { passwords: _, ...most } = allOk
    const wrong = await pim!.post(PATH, { ...form, ...most, 'note-passwords': NOTE, paper_away: 'not_ok' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('href="#passwords"')])
    expect(wrong.html).toContain(NOTE)
    expect(wrong.html).toMatch(/value="not_ok" checked/)
    const other = (await pim!.get(PATH)).fields(PATH)
    const sheet = { ...allOk, passwords: 'not_ok', 'note-passwords': NOTE }
    for (const press of [1, 2])
      expect([press, (await pim!.post(PATH, { ...form, ...sheet })).words]).toEqual([press, expect.stringContaining('Bedankt.')])
    const late = await pim!.post(PATH, { ...other, ...allOk })
    expect([late.status, late.words]).toEqual([409, expect.stringContaining('U had de checklist al ingeleverd.')])
    expect(late.words).toContain(NOTE)
    expect(await told(broker, 'checklist_handed_in')).toHaveLength(1)
    expect(JSON.stringify(await told(broker, 'checklist_handed_in'))).not.toMatch(/not_ok|briefje/)
  })

  test('shows counts and notes to who leads and to the DPO once five are done, and never a name', async () => {
    const { mirjam: leader, ruud, joost, els: dpo } = world.people
    for (const person of [leader, ruud, joost]) await handIn(person)
    const four = await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)
    expect(four.words).toContain('4 collega’s leverden de lijst in. De aantallen staan hier als vijf collega’s klaar zijn.')
    expect(four.words).not.toContain(NOTE)
    await handIn(dpo)
    for (const visitor of [mirjam!, els!]) {
      const five = await visitor.get(`${PATH}/outcome?school=${world.schoolId}`)
      expect(rowOf(five.words, 'Onze wachtwoorden zijn lang genoeg en niet te raden. 4')).toMatch(/te raden\. 4 1 0 niet bekend/)
      expect(five.words).toContain(NOTE)
      const [list] = five.words.slice(five.words.indexOf('Wat de collega’s vonden')).split('Noteer wat beter moet')
      expect(list).not.toMatch(/Pim|Ruud/)
    }
    const csv = await (await els!.getOnly(`${PATH}/outcome.csv?school=${world.schoolId}`)).text()
    expect(csv).toContain(`"Onze wachtwoorden zijn lang genoeg en niet te raden.";4;1;0;;"${NOTE}"`)
    expect(csv).not.toContain('Pim')
    expect((await pim!.get(`${PATH}/outcome`)).status).toBe(403)
    expect((await stranger!.get(`${PATH}/outcome?school=${world.schoolId}`)).status).toBe(404)
    expect((await stranger!.get(`${PATH}/outcome`)).words).not.toContain(NOTE)
  })

  test('counts no sixth alone: who looks twice cannot see what came between', async () => {
    await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, starts_at)
      values (${world.boardId}, gen_random_uuid(), ${world.people.sara.id}, 'concierge', ${world.since})`
    broker.clock.pass({ seconds: 1 })
    await handIn(world.people.sara, 'not_ok')
    const six = await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)
    expect(six.words).toContain('6 collega’s leverden de lijst in. De aantallen gaan over de eerste 5.')
    expect(six.words).toMatch(/te raden\. 4 1 0 niet bekend/)
  })

  test('makes a point of what is not right, for somebody by a day; they are told, and the ledger holds none of its words', async () => {
    const page = await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)
    const [action] = /\/school\/checklist\/points\?[^"]+/.exec(page.html)!
    const to = action.replaceAll('&amp;', '&')
    const form = page.fields(action)
    const point = {
      statement: 'passwords',
      words: 'Briefjes weghalen bij de kopieermachine',
      owner: world.people.pim.id,
      due: '2026-12-18',
    }
    for (const [change, field] of [
      [{ statement: '' }, 'statement'],
      [{ words: '' }, 'words'],
      [{ due: '' }, 'due'],
      [{ due: '2026-01-01' }, 'due'],
      [{ owner: '' }, 'owner'],
      [{ owner: world.people.nadia.id }, 'owner'],
      [{ owner: world.people.els.id }, 'owner'],
    ] as const) {
      const fresh = (await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)).fields(action)
      const wrong = await mirjam!.post(to, { ...fresh, ...point, ...change })
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
    }
    for (const press of [1, 2])
      expect([press, (await mirjam!.post(to, { ...form, ...point })).words]).toEqual([press, expect.stringContaining('Bewaard.')])
    expect(await broker.owner`select 1 from checklist_points`).toHaveLength(1)
    await deliverMails(broker.deps)
    expect(broker.mails.filter(({ text }) => text.includes(PATH)).map((mail) => mail.to)).toEqual([world.people.pim.email])
    expect(JSON.stringify(await told(broker, 'checklist_point_made'))).not.toContain('kopieermachine')
    const fresh = (await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)).fields(action)
    expect((await els!.post(to, { ...fresh, ...point })).status).toBe(403)
    expect(await broker.owner`select 1 from checklist_points`).toHaveLength(1)
    expect((await mirjam!.get('/school/work')).words).toContain('1 punt is nog niet in orde')
    const abroad = { schoolId: world.schoolId, statement: 'passwords', words: 'x', ownerId: world.people.pim.id } as const
    const due = new Date(broker.clock.now().getTime() + 86_400_000)
    expect(await refused(makeChecklistPoint(broker.deps, world.people.pim.actor, { ...abroad, dueAt: due }))).toBe('mandate_missing')
  })

  test('is closed when it is mended, by who took it up, once; a colleague who comes second is told', async () => {
    const page = await pim!.get(PATH)
    expect(page.words).toContain('Briefjes weghalen bij de kopieermachine')
    const [action] = /\/school\/checklist\/points\/[\w-]+\/close/.exec(page.html)!
    const late = (await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)).fields(action)
    expect((await els!.get(`${PATH}/outcome?school=${world.schoolId}`)).html).not.toContain(action)
    expect((await stranger!.post(action, page.fields(action))).status).toBe(404)
    for (const press of [1, 2])
      expect([press, (await pim!.post(action, page.fields(action))).words]).toEqual([press, expect.stringContaining('dit is in orde')])
    const second = await mirjam!.post(action, late)
    expect([second.status, second.words]).toEqual([409, expect.stringContaining('Een collega had dit al in orde gemaakt.')])
    expect(await told(broker, 'checklist_point_closed')).toHaveLength(1)
    expect((await mirjam!.get(`${PATH}/outcome?school=${world.schoolId}`)).words).toContain('In orde gemaakt, zegt Pim')
    const [row] = await broker.owner`select point_id from checklist_points`
    expect(await refused(closeChecklistPoint(broker.deps, elsewhere.people.mirjam.actor, row!.point_id))).toBe('not_found')
    expect(await refused(closeChecklistPoint(broker.deps, world.people.els.actor, row!.point_id))).toBe('mandate_missing')
  })

  test('comes back the next year with last year’s answer beside it, and is on the work list from February', async () => {
    expect((await mirjam!.get('/school/work')).words).not.toContain('Vul de checklist van dit schooljaar in')
    broker.clock.pass({ days: 443 })
    const app = createApp(() => broker.deps)
    const again = await signIn(broker, app, world.people.pim.email)
    const page = await again.get(PATH)
    expect(page.words).toContain('Checklist privacy 2027-2028')
    expect(page.words).toContain('Vorig jaar koos u: Niet OK')
    const leader = await signIn(broker, app, world.people.mirjam.email)
    expect((await leader.get('/school/work')).words).toContain('Vul de checklist van dit schooljaar in')
    await leader.post('/language', { language: 'en' })
    expect((await leader.get(PATH)).words).toContain('Privacy checklist 2027-2028')
  })
})
