import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type BoardId, newId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { createBoard } from '../../src/people/create-board.ts'
import { recordGuardianship } from '../../src/people/record-guardianship.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { told } from '../support/ledger.ts'
import { bundleOf, type Rows, regenboog, zipOf } from '../support/oneroster.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let app: ReturnType<typeof createApp>
let world: SmallWorld
let boardId: BoardId
let cas: Visitor
let mirjam: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  const created = await createBoard(broker.deps, {
    name: 'Stichting Nieuw',
    oin: '00000099999999990078',
    schools: [{ name: 'De Start', brin: '99ZC', sector: 'po' }],
    administrator: { givenName: 'Cas', familyName: 'Nieuw', email: 'cas@nieuw.example' },
  })
  boardId = created.boardId
  cas = await signIn(broker, app, 'cas@nieuw.example')
  await cas.post('/invitation', { ...(await cas.get('/invitation')).fields('/invitation'), code: created.invitation })
})
afterAll(() => broker.close())
afterEach(() => expectNothingBroken(broker))

/** De Start as its administration sends it, with so many pupils more. */
function start(more = 0): Rows {
  const rows = regenboog()
  const extra = Array.from({ length: more }, (_, nr) => `x-${nr}`)
  return {
    ...rows,
    orgs: rows.orgs.map((org) => (org.type === 'school' ? { ...org, identifier: '99ZC' } : org)),
    users: [...rows.users, ...extra.map((id) => ({ sourcedId: id, enabledUser: 'true', username: id, givenName: 'Kind', familyName: id }))],
    roles: [
      ...rows.roles,
      ...extra.map((id) => ({ sourcedId: `r-${id}`, userSourcedId: id, roleType: 'primary', role: 'student', orgSourcedId: 'org-1' })),
    ],
  }
}

async function upload(who: Visitor, bytes: Uint8Array, fields: Record<string, string> = {}) {
  const page = await who.get('/school/roster')
  return await who.upload('/school/roster', { ...page.fields('/school/roster'), ...fields }, { name: 'roster', bytes })
}
const send = async (who: Visitor, page: string, verb: string, fields: Record<string, string> = {}) =>
  await who.post(`${page}/${verb}`, { ...(await who.get(page)).fields(`${page}/${verb}`), ...fields })
const pupilsNow = async () => {
  const [row] = await broker.owner<{ count: number }[]>`
    select count(*)::int from enrolments where board_id = ${boardId} and (ends_at is null or ends_at > ${broker.clock.now()})`
  return row!.count
}

/** Sends a list, lets the work be done, and looks at its page. */
async function sent(who: Visitor, bytes: Uint8Array) {
  // A CSV file can have been opened already, and then asks for its columns.
  const path = (await upload(who, bytes)).path.replace(/\/columns$/, '')
  await broker.settled()
  return { path, page: await who.get(path) }
}
const confirmed = async (who: Visitor, path: string, fields: Record<string, string> = {}) => {
  const page = await who.get(path)
  const answer = await who.post(`${path}/confirm`, { ...page.fields(`${path}/confirm`), ...fields })
  await broker.settled()
  return { answer, page: await who.get(path) }
}

describe('A board begins with its roster', () => {
  test('a wrong file is refused whole, with every error by file, line and column, and as a download', async () => {
    const rows = start()
    rows.demographics![0]!.birthDate = '14-03-2017'
    rows.users[0]!.givenName = ''
    rows.users[1]!.email = '=cmd()'
    const { path, page } = await sent(cas, await zipOf(bundleOf(rows)))
    expect(page.words).toContain('Er is niets overgenomen. Fouten in het bestand: 3.')
    expect(page.words).toMatch(/users\.csv 2 givenName/)
    expect(page.words).toMatch(/demographics\.csv 2 birthDate/)
    expect(page.html, 'never the value itself').not.toContain('14-03-2017')
    const list = await cas.get(`${path}/errors.csv`)
    expect(list.headers.get('content-disposition')).toContain('attachment')
    expect(list.html.split('\r\n')).toHaveLength(5)
    expect((await sent(cas, new TextEncoder().encode('PK geen zip'))).page.words).toContain('Er is niets overgenomen.')
    expect((await upload(cas, new Uint8Array())).words).toContain('Kies een bestand.')
    expect(await pupilsNow()).toBe(0)
  })

  test('while it is read the page shows how far it is, with JavaScript and without', async () => {
    const busy = Promise.withResolvers<void>()
    const { afterwards } = broker.deps
    broker.deps.afterwards = (work) => afterwards(() => busy.promise.then(work))
    const { path } = await upload(cas, await zipOf(bundleOf(start(40))))
    const page = await cas.get(path)
    expect(page.words).toContain('Wij lezen de lijst')
    expect(page.html).toContain('<progress')
    expect(page.html).toMatch(/<noscript><meta http-equiv="refresh"/)
    const script = page.html.match(/<script src="([^"]+)"/)![1]!
    expect((await cas.get(script)).html).toContain('getElementById')
    await broker.owner`update jobs set total = 100, done = 42 where kind = 'roster_preview' and ended_at is null`
    expect((await cas.get(path)).words).toContain('42 procent klaar')
    busy.resolve()
    broker.deps.afterwards = afterwards
    await broker.settled()
    const shown = await cas.get(path)
    expect(shown.words).toContain('Dit gaat er veranderen')
    expect(shown.html).not.toContain('<progress')
    await cas.post(`${path}/cancel`, shown.fields(`${path}/cancel`))
    expect((await cas.get(path)).words).toContain('Er is niets veranderd.')
  })

  test('a right one is shown, confirmed, and taken in, with what changed; then somebody of it gets a task', async () => {
    const { path, page } = await sent(cas, await zipOf(bundleOf(start(40))))
    expect(page.words).toContain('Er is nog niets veranderd.')
    expect(page.words).toContain('Nieuwe leerlingen: 42')
    expect(await pupilsNow()).toBe(0)
    const taken = await confirmed(cas, path)
    expect(taken.page.words).toContain('De lijst is overgenomen op')
    expect(taken.page.words).toContain('Dit is er veranderd')
    expect(await pupilsNow()).toBe(42)
    expect((await cas.get('/school/roster')).words).toContain('Overgenomen')
    const pim = (await cas.get('/school/people?q=pim')).html.match(/\/school\/people\/[0-9a-f-]{36}/)![0]
    const given = await send(cas, pim, 'give', { role: 'consent_officer', school: '', group: '', until: '' })
    expect(given.words).toContain('De taak is gegeven.')
    expect((await send(cas, pim, 'invite')).words).toContain('De uitnodiging is verstuurd.')
  })

  test('a CSV file asks which column is what, guessed beside the first rows; the next one does not', async () => {
    const bytes = new TextEncoder().encode(
      'Leerlingnummer;Roepnaam;Achternaam;Geb. dag;Ouder 1 naam\r\n1;Zoë;Bos;1-2-2015;Bos\r\n2;Max;Vos;3-4-2016;Vos',
    )
    const { path, page } = await sent(cas, bytes)
    expect(page.path).toBe(`${path}/columns`)
    expect(page.words).toContain('Zo begint het bestand Leerlingnummer Roepnaam Achternaam Geb. dag Ouder 1 naam 1 Zoë Bos')
    expect(page.html).toMatch(/name="col-given"[^>]*>.*?<option value="1" selected/s)
    const fields = { ...page.fields(`${path}/columns`), brin: '99ZC', 'col-number': '0', 'col-given': '1', 'col-family': '' }
    const lacking = await cas.post(`${path}/columns`, fields)
    expect([lacking.status, lacking.words.includes('Kies een kolom voor: Achternaam')]).toEqual([400, true])
    expect(lacking.html, 'what was chosen is still there').toMatch(/name="col-given"[^>]*>.*?<option value="1" selected/s)
    await cas.post(`${path}/columns`, { ...fields, 'col-family': '2', 'col-birth': '3', 'col-g1-family': '4' })
    await broker.settled()
    const preview = await cas.get(path)
    expect(preview.words).toContain('Nieuwe leerlingen: 2')
    expect(preview.words).toContain('Ouder of voogd erbij: 2')
    expect((await cas.get(`${path}/columns`)).html).toMatch(/name="col-birth"[^>]*>.*?<option value="3" selected/s)
    const [mine, theirs] = [await cas.get(`${path}/columns`), await cas.get(`${path}/columns`)]
    const named = { about: 'pupils', brin: '99ZC', 'col-number': '0', 'col-given': '1', 'col-family': '2' }
    await cas.post(`${path}/columns`, { ...mine.fields(`${path}/columns`), ...named, 'col-birth': '3' })
    await broker.settled()
    const second = await cas.post(`${path}/columns`, { ...theirs.fields(`${path}/columns`), ...named, 'col-g1-family': '4' })
    expect([second.status, second.words.includes('Iemand anders heeft dit net ook veranderd.')], 'two at once').toEqual([409, true])
    expect(second.html, 'what the second chose is still there').toMatch(/name="col-g1-family"[^>]*>.*?<option value="4" selected/s)
    await cas.post(`${path}/columns`, { ...second.fields(`${path}/columns`), ...named, 'col-birth': '3', 'col-g1-family': '4' })
    await broker.settled()
    await cas.post(`${path}/cancel`, (await cas.get(path)).fields(`${path}/cancel`))
    const next = await sent(cas, bytes)
    expect(next.page.words).toContain('Nieuwe leerlingen: 2')
    await cas.post(`${next.path}/cancel`, next.page.fields(`${next.path}/cancel`))
  })

  test('the second press of the same button sends nothing anew', async () => {
    const fields = (await cas.get('/school/roster')).fields('/school/roster')
    const file = { name: 'roster', bytes: await zipOf(bundleOf(start(40))) }
    const count = async () => (await broker.owner`select from roster_uploads`).length
    const first = await cas.upload('/school/roster', fields, file)
    const before = await count()
    expect((await cas.upload('/school/roster', fields, file)).path).toBe(first.path)
    expect(await count()).toBe(before)
    await broker.settled()
  })

  const onePupil = {
    OneRoster: [40, () => zipOf(bundleOf(start()))],
    EDEXML: [
      42,
      () =>
        '<EDEX><school><brincode>99ZC</brincode></school><groepen/><leerlingen>' +
        '<leerling key="1"><achternaam>Bos</achternaam><roepnaam>Zoë</roepnaam><geboortedatum>2015-02-01</geboortedatum></leerling></leerlingen></EDEX>',
    ],
    CSV: [42, () => 'Leerlingnummer;Roepnaam;Achternaam;Geb. dag;Ouder 1 naam\r\n1;Zoë;Bos;1-2-2015;Bos'],
  } as const
  test.each(Object.entries(onePupil))('a roster that ends more than a tenth asks whether that is meant: %s', async (_, [gone, content]) => {
    const { path, page } = await sent(cas, Buffer.from(await content()))
    expect(page.words).toContain(`De Start: ${gone} van de 42 leerlingen stoppen.`)
    const refused = await cas.post(`${path}/confirm`, page.fields(`${path}/confirm`))
    await broker.settled()
    expect([refused.status, await pupilsNow()]).toEqual([400, 42])
    expect(refused.words).toContain('Zeg eerst dat dit klopt.')
    await cas.post(`${path}/cancel`, page.fields(`${path}/cancel`))
  })

  test('and takes effect when that is said on its own', async () => {
    const { path } = await sent(cas, await zipOf(bundleOf(start())))
    const { page: taken } = await confirmed(cas, path, { ends: 'much' })
    expect(taken.words).toContain('Geen leerling meer: 40')
    expect(await pupilsNow()).toBe(2)
  })

  test('only an administrator of that board, before anything of the file is read; and no file without end', async () => {
    const bytes = await zipOf(bundleOf(start()))
    const joost = await signIn(broker, app, world.people.joost.email)
    expect((await joost.get('/school/roster')).words).toContain('U heeft hier geen taak.')
    const fields = { form: newId(broker.clock.now()), board: boardId }
    expect((await joost.upload('/school/roster', fields, { name: 'roster', bytes })).status).toBe(403)
    expect((await mirjam.upload('/school/roster', fields, { name: 'roster', bytes })).status, 'of another board').toBe(403)
    expect((await cas.upload('/school/roster', fields, { name: 'roster', bytes: new Uint8Array(33 * 1024 * 1024) })).status).toBe(413)
    const { path } = await sent(cas, bytes)
    for (const other of [joost, mirjam]) {
      expect((await other.get(path)).status).toBe(404)
      expect((await other.get(`${path}/errors.csv`)).status).toBe(404)
      expect((await other.post(`${path}/confirm`, { form: newId(broker.clock.now()), shown: 'ab'.repeat(32) })).status).toBe(404)
      expect((await other.post(`${path}/cancel`, { form: newId(broker.clock.now()) })).status).toBe(404)
    }
    expect(await pupilsNow()).toBe(2)
  })
})

describe('Staff record who stands for a pupil, with or without authority', () => {
  const fatima = () => `/school/people/${world.people.fatima.id}`
  const open = async () =>
    await broker.owner<{ authority: string; kind: string; source: string }[]>`
      select authority, kind, source from guardianships where board_id = ${world.boardId}
      and guardian_id = ${world.people.karim.id} and ends_at is null`

  test('authority is changed, ended, and recorded anew for who is found', async () => {
    const page = await mirjam.get(fatima())
    expect(page.words).toContain('Karim Amrani ouder, met gezag')
    const ids = { guardian: world.people.karim.id, kind: 'parent', until: '' }
    const changed = await send(mirjam, fatima(), 'guardians', { ...ids, authority: 'no' })
    expect(changed.words).toContain('Karim Amrani ouder, zonder gezag')
    const [{ guardianship_id: guardianship } = { guardianship_id: '' }] = await broker.owner<{ guardianship_id: string }[]>`
      select guardianship_id from guardianships where guardian_id = ${world.people.karim.id} and ends_at is null`
    const end = { form: newId(broker.clock.now()), guardianship }
    expect((await mirjam.post(`/school/people/${world.people.sara.id}/guardians-end`, end)).status, 'not of this pupil').toBe(404)
    const ended = await send(mirjam, fatima(), 'guardians-end', { guardianship })
    expect(ended.words).not.toContain('Karim Amrani ouder')
    expect(await open()).toEqual([])

    const found = await mirjam.get(`${fatima()}?guardian=karim`)
    expect(found.words).toContain('Wie is het?')
    const recorded = await send(mirjam, fatima(), 'guardians', { ...ids, kind: 'foster', authority: 'yes', until: '2027-06-30' })
    expect(recorded.words).toContain('Karim Amrani pleegouder, met gezag Tot en met 30 juni 2027.')
    const karim = `/school/people/${world.people.karim.id}`
    expect((await mirjam.get(karim)).words).toContain('Zorgt voor Fatima Amrani pleegouder, met gezag')
  })

  test('two at once: what the first found out is not lost under what the second chooses', async () => {
    const action = `${fatima()}/guardians`
    const [mine, theirs] = [await mirjam.get(fatima()), await mirjam.get(fatima())]
    const nadia = { ...mine.fields(action), guardian: world.people.nadia.id, kind: 'parent', until: '' }
    await mirjam.post(action, { ...nadia, authority: 'no' })
    const second = await mirjam.post(action, { ...nadia, ...theirs.fields(action), guardian: world.people.nadia.id, authority: 'unknown' })
    expect([second.status, second.words.includes('Iemand anders heeft dit net ook veranderd.')]).toEqual([409, true])
    expect(second.words).toContain('Nadia Amrani ouder, zonder gezag')
    const again = second.html.match(new RegExp(`name="guardian" value="${world.people.nadia.id}".*?</form>`, 's'))![0]
    expect(again, 'what was chosen is still there').toMatch(/<option value="unknown" selected/)

    const newcomer = { ...theirs.fields(action), guardian: world.people.sara.id, kind: 'mentor', authority: 'yes', until: '2027-06-30' }
    const third = await mirjam.post(action, { ...newcomer, form: newId(broker.clock.now()) })
    expect(third.status).toBe(409)
    expect(third.html).toMatch(
      new RegExp(`<option value="${world.people.sara.id}".*?<option value="mentor" selected.*?value="2027-06-30"`, 's'),
    )
    const known = await broker.owner`
      select authority from guardianships where pupil_id = ${world.people.fatima.id} and guardian_id = ${world.people.nadia.id} and ends_at is null`
    expect(known).toEqual([{ authority: 'no' }])
  })

  test('not by who has no such task, and never one’s own', async () => {
    const pim = await signIn(broker, app, world.people.pim.email)
    const fields = { guardian: world.people.karim.id, kind: 'parent', authority: 'yes', until: '', seen: '' }
    expect((await pim.post(`${fatima()}/guardians`, { ...fields, form: newId(broker.clock.now()) })).status).toBe(404)
    const own = { ...fields, guardian: world.people.mirjam.id, form: newId(broker.clock.now()) }
    expect((await mirjam.post(`${fatima()}/guardians`, own)).status).toBe(403)
  })
})

describe('What staff record by hand says what stops', () => {
  const fatima = () => `/school/people/${world.people.fatima.id}`
  const mailsTo = async () => {
    await deliverMails(broker.deps)
    return broker.mails.filter(({ subject }) => subject === 'Er is iets gestopt').map(({ to }) => to)
  }
  const parents = async () => {
    for (const who of ['nadia', 'karim'] as const)
      await recordGuardianship(broker.deps, world.people.mirjam.actor, {
        guardianId: world.people[who].id,
        pupilId: world.people.fatima.id,
        kind: 'parent',
        authority: 'yes',
      })
  }

  test('who lost the say takes along what rested on their yes; what was shared directly the family alone hears of', async () => {
    await parents()
    const they = asking(broker, world)
    for (const approach of ['organisation', 'subject'] as const)
      await they.answer(world.people.karim, await asked(broker, world, { approach }), 'yes')
    const ids = { guardian: world.people.karim.id, kind: 'parent', until: '' }
    const changed = await send(mirjam, fatima(), 'guardians', { ...ids, authority: 'no' })
    expect(changed.words).toContain('Gestopt, via de school: 1')
    expect(await mailsTo()).toEqual([world.people.nadia.email])
    await parents()
  })

  test('who left before the administration knew: said beforehand, then recorded, and taken back', async () => {
    await parents()
    await asking(broker, world).answer(world.people.karim, await asked(broker, world), 'yes')
    const page = await mirjam.get(fatima())
    const stopping = page.words.match(/Via de school stopt er nu: (\d+)/)![1]!
    const left = await send(mirjam, fatima(), 'left')
    expect(left.path).toMatch(/^\/school\/departures\?done=left/)
    expect(left.words).toContain(`Gestopt, via de school: ${stopping}`)
    expect(left.words).toContain('Fatima Amrani De Regenboog, Groep 6. Weg sinds')
    expect((await mirjam.get(fatima())).words).not.toContain('Is deze leerling weg van school?')
    await broker.owner`update enrolments set still_listed_at = ${broker.clock.now()} where enrolment_id = ${world.tenures.fatima!}`
    expect((await mirjam.get('/school/work')).words).toContain(
      'Weg volgens de school, niet volgens de lijst Pas uw administratie aan. Of is deze persoon toch niet weg? Zet dat dan terug. 1 persoon',
    )
    const back = await mirjam.post('/school/departures', left.fields('/school/departures'))
    expect(back.words).toContain('Deze persoon hoort weer bij de school.')
    expect(back.words).not.toContain('Fatima Amrani')
    expect((await mirjam.get(fatima())).words).toContain('Is deze leerling weg van school?')
  })
})

describe('The board’s rules are set by its administrator', () => {
  test('what changed is set, once, and what did not is left alone', async () => {
    const page = await mirjam.get('/school/settings')
    const fields = {
      ...page.fields('/school/settings'),
      rule: 'all',
      sixteen: 'carry_over',
      declares: 'yes',
      council: 'no',
      transfer: 'no',
      years: '7',
    }
    const wrong = await mirjam.post('/school/settings', { ...fields, years: '0' })
    expect([wrong.status, wrong.words.includes('Vul een getal in van 1 tot en met 20.')]).toEqual([400, true])
    const hiding = await mirjam.post('/school/settings', { ...fields, address: 'Kade \u202e1' })
    expect([hiding.status, hiding.words.split('Dit is te lang.').length, hiding.words.includes('Vul een getal')]).toEqual([400, 3, false])
    expect((await mirjam.post('/school/settings', fields)).words).toContain('Bewaard.')
    await mirjam.post('/school/settings', { ...fields, form: newId(broker.clock.now()) })
    const set = await told(broker, 'board_set')
    expect(set.map(({ facts }) => facts)).toMatchObject([{ decisionRule: 'all', proofYears: 7, rosterImpliesAuthority: true }])
  })

  test('two at once: the second sees what the first set, and keeps what they chose', async () => {
    const [mine, theirs] = [await mirjam.get('/school/settings'), await mirjam.get('/school/settings')]
    const asIs = { rule: 'all', sixteen: 'carry_over', declares: 'yes', council: 'no', transfer: 'no', years: '7' }
    await mirjam.post('/school/settings', { ...mine.fields('/school/settings'), ...asIs, council: 'yes' })
    const second = await mirjam.post('/school/settings', { ...theirs.fields('/school/settings'), ...asIs, years: '9' })
    expect([second.status, second.words.includes('Iemand anders heeft dit net ook veranderd.')]).toEqual([409, true])
    expect(second.html).toMatch(/name="council"[^>]*>.*?<option value="yes" selected/s)
    expect(second.html).toMatch(/name="years"[^>]* value="9"/)
    const both = { ...second.fields('/school/settings'), ...asIs, council: 'yes', years: '9' }
    expect((await mirjam.post('/school/settings', both)).words).toContain('Bewaard.')
    const [board] = await broker.owner`select council_for_rounds, proof_years from boards where board_id = ${world.boardId}`
    expect(board).toEqual({ council_for_rounds: true, proof_years: 9 })
  })

  test('by nobody else, nor for another board', async () => {
    const joost = await signIn(broker, app, world.people.joost.email)
    const seen = (await mirjam.get('/school/settings')).fields('/school/settings')
    const fields = { ...seen, rule: 'any', sixteen: 'freeze', declares: 'no', council: 'no', transfer: 'no', years: '1' }
    expect((await joost.get('/school/settings')).words).toContain('U heeft hier geen taak.')
    expect((await joost.post('/school/settings', { ...fields, form: newId(broker.clock.now()) })).status).toBe(403)
    expect((await cas.post('/school/settings', { ...fields, form: newId(broker.clock.now()) })).status).toBe(403)
    const [board] = await broker.owner`select decision_rule from boards where board_id = ${world.boardId}`
    expect(board).toEqual({ decision_rule: 'all' })
  })
})
