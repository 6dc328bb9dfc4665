import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { inTransaction } from '../../src/database.ts'
import { type GuardianshipId, newId, type PersonId } from '../../src/ids.ts'
import { confirmAuthority } from '../../src/people/confirm-authority.ts'
import { subjectFacts } from '../../src/people/store.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { unanswerable } from '../../src/people/unknown-authority.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { bundleOf, regenboog } from '../support/oneroster.ts'
import { anybodysTask, race, withoutRowLock } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let joost: Visitor
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await broker.owner`update persons set source_id = 'u-' || lower(given_name) where given_name in ('Fatima', 'Nadia', 'Karim', 'Pim')`
  await broker.owner`delete from guardianships`
  await importFiles(broker.deps, { boardId: world.boardId, by: 'operator', endsMuch: true }, { ok: true, files: bundleOf(regenboog()) })
  app = createApp(() => broker.deps)
  joost = await signIn(broker, app, world.people.joost.email)
})
afterEach(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})

const groupSix = () => `/school/authority/group?board=${world.boardId}&school=${world.schoolId}&group=Groep+6`
const idsOf = async (...guardians: string[]) =>
  (
    await broker.owner<{ guardianship_id: GuardianshipId }[]>`
      select g.guardianship_id from guardianships g join persons p on p.person_id = g.guardian_id
      where p.given_name = any(${guardians}) and g.ends_at is null order by p.given_name desc`
  ).map(({ guardianship_id }) => guardianship_id)
const authorities = async () =>
  (
    await broker.owner`
      select a.given_name, g.authority, g.source from guardianships g join persons a on a.person_id = g.guardian_id
      where g.ends_at is null order by 1`
  ).map((row) => Object.values(row).join(' '))
const mayAnswer = async (personId: PersonId) => {
  const facts = await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
    subjectFacts(tx, world.boardId, [personId]),
  )
  return whoMayAnswer(facts.get(personId)!, broker.clock.now())
}

describe('Authority that a roster does not tell', () => {
  test('is on the list by group, with the pupils nobody may answer for, and on the school’s first page', async () => {
    const first = await joost.get('/school')
    expect(first.words).toContain('Gezag nog onbekend: 3')
    expect(first.words).toContain('Leerlingen voor wie niemand mag beslissen: 2')
    const page = await joost.get('/school/authority')
    expect(page.words).toContain('De Regenboog, Groep 6 2 ouders of voogden')
    expect(page.words).toContain('De Regenboog, zonder groep 1 ouder of voogd')
    expect(page.words).toContain('Fatima Amrani De Regenboog, Groep 6, niemand heeft gezag')
  })

  test('is confirmed for who is ticked, and for everybody by a word of its own', async () => {
    const [nadia] = await idsOf('Nadia')
    const fields = (await joost.get(groupSix())).fields('/school/authority/group')
    expect((await joost.post('/school/authority/group', fields)).words).toContain('Zet eerst een vinkje.')
    const one = await joost.post('/school/authority/group', { ...fields, guardianship: nadia! })
    expect(one.words).toContain('Bewaard. Dat geldt meteen.')
    expect(one.words).toContain('Karim Amrani, van Fatima Amrani')
    expect(one.words).not.toContain('Nadia Amrani, van')
    expect(await mayAnswer(world.people.fatima.id)).toMatchObject({ known: true, deciders: [{ personId: world.people.nadia.id }] })

    const all = { ...fields, form: newId(broker.clock.now()), listed: (await idsOf('Nadia', 'Karim')).join() }
    expect((await joost.post('/school/authority/group', all)).status, 'not without the word').toBe(400)
    expect((await joost.post('/school/authority/group', { ...all, meant: 'yes' })).words).toContain(
      'Van iedereen in deze groep is het nu bekend.',
    )
    expect(await authorities()).toEqual(['Elif unknown roster', 'Karim yes staff', 'Nadia yes staff'])
    expect((await told(broker, 'authority_confirmed')).map(({ facts }) => (facts.confirmed as unknown[]).length)).toEqual([1, 1])
  })

  test('of whom a colleague found it out since the page was made: that is left, and the second sees it', async () => {
    const action = '/school/authority/group'
    const fields = (await joost.get(groupSix())).fields(action)
    const listed = (await idsOf('Nadia', 'Karim')).join()
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const fatima = `/school/people/${world.people.fatima.id}`
    const known = {
      ...(await mirjam.get(fatima)).fields(`${fatima}/guardians`),
      guardian: world.people.karim.id,
      kind: 'parent',
      until: '',
    }
    expect((await mirjam.post(`${fatima}/guardians`, { ...known, authority: 'no' })).status).toBe(200)
    const second = await joost.post(action, { ...fields, listed, meant: 'yes' })
    expect(second.words).toContain('Een collega was u voor. Dit is zo gebleven.')
    expect(second.words).toContain('Karim Amrani, van Fatima Amrani heeft geen gezag')
    expect(second.words).not.toContain('Nadia Amrani, van')
    expect(await authorities()).toEqual(['Elif unknown roster', 'Karim no staff', 'Nadia yes staff'])
  })

  test('is what no later roster overwrites', async () => {
    await confirmAuthority(broker.deps, world.people.joost.actor, await idsOf('Nadia', 'Karim', 'Elif'))
    const before = await authorities()
    broker.clock.pass({ days: 1 })
    await importFiles(broker.deps, { boardId: world.boardId, by: 'operator', endsMuch: true }, { ok: true, files: bundleOf(regenboog()) })
    expect(await authorities()).toEqual(before)
  })

  race(
    'by two at once: one records it, the other finds it known',
    { 'without the lock on the register': withoutRowLock('boards') },
    async () => {
      const ids = await idsOf('Nadia', 'Karim')
      const ended = await whileHeld(broker, ledgerOf(world.boardId), [
        () => confirmAuthority(broker.deps, world.people.joost.actor, ids),
        () => confirmAuthority(broker.deps, world.people.mirjam.actor, ids),
      ])
      expect(ended.map((end) => (end.status === 'fulfilled' ? end.value.length : end.reason)).toSorted((a, b) => a - b)).toEqual([0, 2])
      expect(await told(broker, 'authority_confirmed')).toHaveLength(1)
    },
  )

  test('not by who has no such task, nor for another school, nor one’s own child', async () => {
    const ids = await idsOf('Nadia', 'Elif')
    await expect(confirmAuthority(broker.deps, world.people.pim.actor, ids)).rejects.toMatchObject({ code: 'mandate_missing' })
    const other = newId(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'De Zonnebloem', '99ZB', 'po')`
    await broker.owner`update mandates set school_id = ${other} where person_id = ${world.people.joost.id}`
    await expect(confirmAuthority(broker.deps, world.people.joost.actor, ids)).rejects.toMatchObject({ code: 'mandate_missing' })
    expect((await joost.get('/school/authority')).words).not.toContain('Fatima')
    expect((await joost.get(groupSix())).words).not.toContain('Fatima')
    await broker.owner`update account_persons set account_id = ${world.people.mirjam.account} where person_id = ${world.people.nadia.id}`
    await expect(confirmAuthority(broker.deps, world.people.mirjam.actor, ids)).rejects.toMatchObject({ code: 'not_allowed' })
    expect(await authorities()).toEqual(['Elif unknown roster', 'Karim unknown roster', 'Nadia unknown roster'])
  })

  race('a parent sees none of it, and another board’s list is not there', anybodysTask, async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    expect((await nadia.get('/school/authority')).words).not.toContain('Fatima')
    expect((await nadia.get(groupSix())).status).toBe(403)
    const elsewhere = groupSix().replace(world.boardId, newId(broker.clock.now()))
    expect((await joost.get(elsewhere)).status).toBe(403)
  })
})

describe('The list of pupils nobody may answer for', () => {
  const nobody = async () =>
    (
      await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
        unanswerable(tx, world.boardId, broker.clock.now(), 'board', 50),
      )
    ).pupils.map(({ name, why }) => `${name} ${why}`)

  test.each([
    ['2017-03-14', '2026-11-16', true],
    ['2010-11-17', '2026-11-16', true],
    ['2010-11-16', '2026-11-16', false],
    ['2012-02-29', '2028-02-28', true],
    ['2012-02-29', '2028-02-29', false],
    [null, '2026-11-16', true],
  ])('born %s, on %s: %s, as whoMayAnswer has it', async (birthDate, day, isOnIt) => {
    broker.clock.set(`${day}T12:00:00+01:00`)
    await broker.owner`update persons set birth_date = ${birthDate} where person_id = ${world.people.fatima.id}`
    expect((await nobody()).some((line) => line.startsWith('Fatima'))).toBe(isOnIt)
    expect((await mayAnswer(world.people.fatima.id)).known).toBe(!isOnIt)
  })

  test('a guardian with a no beside a yes does not count', async () => {
    await confirmAuthority(broker.deps, world.people.joost.actor, await idsOf('Elif'))
    expect(await nobody()).toEqual(['Fatima Amrani nobody'])
    await broker.owner`
      insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, authority, source, starts_at, ends_at)
      select board_id, ${newId(broker.clock.now())}, guardian_id, pupil_id, 'no', 'staff', starts_at, '2099-01-01' from guardianships
      where source = 'staff' and ends_at is null`
    expect(await nobody()).toEqual(['Fatima Amrani nobody', 'Ali Yildiz nobody'])
  })
})
