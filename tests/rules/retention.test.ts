import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { sha256 } from '../../src/canonical.ts'
import { recordRight } from '../../src/cases/ask-right.ts'
import { deleteData, setRetention } from '../../src/cases/delete-data.ts'
import { dueDeletions, dueStateOf, PROTOCOL_TERMS } from '../../src/cases/retention.ts'
import { offerTransfer } from '../../src/cases/transfer-acts.ts'
import { inTransaction } from '../../src/database.ts'
import { type ConsentId, newId, type PersonId } from '../../src/ids.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { raceFrom } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const PATH = '/school/retention'
let broker: TestBroker
let world: SmallWorld
let mirjam: Visitor
let els: Visitor
let gone: PersonId[]
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  const children = await addFamilies(broker, world, [{ given: 'Sem' }, { given: 'Ali' }, { given: 'Noor' }])
  gone = children.map(({ id }) => id)
  const left = ['2021-07-01', '2024-07-01', '2026-07-01']
  for (const [nr, day] of left.entries()) {
    await broker.owner`update enrolments set starts_at = '2015-08-01', ends_at = ${new Date(`${day}T10:00:00Z`)} where person_id = ${gone[nr]!}`
  }
  await broker.owner`update persons set email = 'sem@gezin.example' where person_id = ${gone[0]!}`
  const app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  els = await signIn(broker, app, world.people.els.email)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const due = async () =>
  (
    await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => dueDeletions(tx, world.boardId, broker.clock.now()))
  ).map(({ name, category, state }) => `${name} ${category} ${state}`)
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

/** A picture is asked for in a round, agreed to on paper with names on it, and to be taken down. */
async function askedForPicture({ id, guardians }: { id: PersonId; guardians: PersonId[] }) {
  const board_id = world.boardId
  const at = broker.clock.now()
  const { roundId, itemIds } = await asking(broker, world).round([imageItem('website')])
  const [asked] = await broker.owner<
    { consent_id: ConsentId }[]
  >`select consent_id from consents where item_id = ${itemIds[0]!} and subject_id = ${id}`
  const { consent_id } = asked!
  const duty = { duty_id: newId(at), approach: 'organisation', kind: 'take_down', began_at: at, due_at: at }
  await broker.owner`insert into duties ${broker.owner({ board_id, consent_id, ...duty, instruction: 'Haal de foto van Bo weg.' })}`
  const agreement = { round_id: roundId, subject_id: id, decider_id: guardians[0]!, version: 1, content: '{}', content_hash: sha256('{}') }
  const names = broker.owner.json({ board: 'Stichting', decider: 'Kim', subject: 'Bo' })
  await broker.owner`insert into parent_agreements ${broker.owner({ board_id, ...agreement, made_at: at, names })}`
  return consent_id
}

describe('P38 What a school keeps has a least and a longest term', () => {
  test.each([
    ['2021-11-16', 'administration', '2026-11-15', undefined],
    ['2021-11-16', 'administration', '2026-11-16', 'may'],
    ['2021-11-16', 'administration', '2027-02-16', 'may'],
    ['2021-11-16', 'administration', '2027-02-17', 'must'],
    ['2024-02-29', 'dossier', '2026-02-28', 'may'],
    ['2024-02-29', 'dossier', '2026-02-27', undefined],
  ] as const)('left on %s, %s on %s: %s', (left, category, today, state) => {
    expect(dueStateOf(PROTOCOL_TERMS[category], left, today)).toBe(state)
  })

  test('what is due is listed, the late first; of who is still at school nothing', async () => {
    expect(await due()).toEqual(['Sem Jansen dossier must', 'Sem Jansen administration must', 'Ali Jansen dossier must'])
  })

  test('deleted with proof, once; with the administration goes what the broker has, and the ledger still verifies', async () => {
    const page = await mirjam.get(PATH)
    expect(page.words).toContain('Sem Jansen: van school sinds 1 juli 2021.')
    expect((await els.get(PATH)).html).not.toContain(`${PATH}/delete`)
    const form = page.html.slice(page.html.indexOf(`action="${PATH}/delete"`))
    const fields = { ...page.fields(`${PATH}/delete`), category: 'administration', person: gone[0]! }
    expect(form).toContain(gone[0]!)
    const wrong = await mirjam.post(`${PATH}/delete`, { ...fields, how: ' ' })
    expect([wrong.status, wrong.words.split('Schrijf op hoe het is gewist.').length]).toEqual([400, 3])
    await broker.owner`insert into emergency_disclosures
      (board_id, disclosure_id, school_id, subject_id, receiver, data, reason, tried, given_at, recorded_at, recorded_by, told)
      select board_id, gen_random_uuid(), school_id, person_id, 'De huisarts', 'Een allergie', 'Benauwd', 'Moeder', starts_at, starts_at,
        ${world.people.mirjam.id}, '{}' from enrolments where person_id = ${gone[0]!} limit 1`
    expect((await mirjam.post(`${PATH}/delete`, { ...fields, how: 'Weg uit ParnasSys.' })).words).toContain('Vastgelegd.')
    expect((await mirjam.get(PATH)).words).toContain('Administratie, van 1 leerling,')
    const [row] = await broker.owner`select given_name, email, birth_date, erased_at from persons where person_id = ${gone[0]!}`
    expect(row).toEqual({ given_name: '–', email: null, birth_date: null, erased_at: broker.clock.now() })
    expect(await broker.owner`select receiver, data, reason, tried from emergency_disclosures`).toEqual([
      { receiver: '–', data: '–', reason: '–', tried: '–' },
    ])
    expect(await due()).toEqual(['Ali Jansen dossier must'])
    const again = deleteData(broker.deps, world.people.mirjam.actor, {
      category: 'administration',
      subjectIds: [gone[0]!],
      how: 'Nog eens.',
    })
    expect(await refusalOf(again)).toBe('deletion_not_due')
    expect((await told(broker, 'data_deleted')).map(({ facts }) => facts)).toMatchObject([{ category: 'administration', erasedHere: true }])
  })

  test('who stood for nobody else goes along, with the ids of other systems; who works here or stands for another stays', async () => {
    const guardians = [{ given: 'Kim', email: 'kim@gezin.example' }, { given: 'Lou' }, { given: 'Pim', id: world.people.pim.id }]
    const [bo] = await addFamilies(broker, world, [{ given: 'Bo', guardians }])
    await addFamilies(broker, world, [{ given: 'Jip', guardians: [{ given: 'Lou', id: bo!.guardians[1]! }] }])
    const picture = await askedForPicture(bo!)
    await broker.owner`update enrolments set starts_at = '2015-08-01', ends_at = '2021-07-01' where person_id = ${bo!.id}`
    await broker.owner`insert into person_aliases (board_id, source_id, person_id) values (${world.boardId}, 'oud-17', ${bo!.id})`
    const { actor } = world.people.mirjam
    const asked = { subjectId: bo!.id, madeBy: bo!.guardians[0]!, kind: 'access', words: 'Wat heeft u over Bo?', method: 'phone' } as const
    const { caseId } = await recordRight(broker.deps, actor, { ...asked, receivedAt: broker.clock.now() })
    await deleteData(broker.deps, actor, { category: 'administration', subjectIds: [bo!.id], how: 'Gewist.' })
    const rows = await broker.owner<{ person_id: PersonId }[]>`select person_id from persons where erased_at = ${broker.clock.now()}`
    const erased = new Set(rows.map(({ person_id }) => person_id))
    expect([bo!.id, ...bo!.guardians].map((id) => erased.has(id))).toEqual([true, true, false, false])
    expect(await broker.owner`select from person_aliases where person_id = ${bo!.id}`).toHaveLength(0)
    expect(await broker.owner`select words from rights_cases where case_id = ${caseId}`).toEqual([{ words: '–' }])
    expect(await broker.owner`select instruction from duties where consent_id = ${picture}`).toEqual([{ instruction: '–' }])
    expect(await broker.owner`select names from parent_agreements where subject_id = ${bo!.id}`).toEqual([{ names: null }])
    expect((await told(broker, 'data_deleted')).at(-1)!.facts.erased).toEqual(expect.arrayContaining([bo!.id, bo!.guardians[0]]))
  })

  test('a pupil of ours who works here now stays known, and that their administration went is recorded', async () => {
    const [noor] = await addFamilies(broker, world, [{ given: 'Noor' }])
    await broker.owner`update enrolments set starts_at = '2015-08-01', ends_at = '2021-07-01' where person_id = ${noor!.id}`
    await broker.owner`insert into employments (board_id, employment_id, person_id, school_id, starts_at)
      values (${world.boardId}, ${newId(broker.clock.now())}, ${noor!.id}, ${world.schoolId}, ${world.since})`
    await deleteData(broker.deps, world.people.mirjam.actor, { category: 'administration', subjectIds: [noor!.id], how: 'Gewist.' })
    expect(await broker.owner`select given_name from persons where person_id = ${noor!.id}`).toEqual([{ given_name: 'Noor' }])
    expect((await due()).filter((line) => line.startsWith('Noor')).join()).not.toContain('administration')
  })

  test('the dossier of who went to special education elsewhere is kept the longer term', async () => {
    const [pupil] = await addFamilies(broker, world, [{ given: 'Tess' }])
    const receiver = { scheme: 'BRIN', value: '18XX', name: 'De Brug', special: true } as const
    const transferId = await offerTransfer(broker.deps, world.people.mirjam.actor, { subjectId: pupil!.id, receiver, contents: 'Alles.' })
    await broker.owner`update enrolments set starts_at = '2015-08-01', ends_at = '2024-02-01' where person_id = ${pupil!.id}`
    const ofTess = async () => (await due()).filter((line) => line.startsWith('Tess'))
    expect(await ofTess(), 'it was never sent').toEqual(['Tess Jansen dossier must'])
    await broker.owner`update transfers set sent_at = offered_at, sent_by = offered_by where transfer_id = ${transferId}`
    expect(await ofTess()).toEqual([])
    await broker.owner`update enrolments set ends_at = '2023-07-01' where person_id = ${pupil!.id}`
    expect(await ofTess()).toEqual(['Tess Jansen dossier_special must'])
  })

  test('not before its time, not by who has no task for the board, not of who is at school', async () => {
    const { mirjam: leader, pim, els: dpo, fatima } = world.people
    const early = { category: 'dossier' as const, subjectIds: [gone[2]!], how: 'Gewist.' }
    expect(await refusalOf(deleteData(broker.deps, leader.actor, early))).toBe('deletion_not_due')
    expect(await refusalOf(deleteData(broker.deps, leader.actor, { ...early, subjectIds: [fatima.id] }))).toBe('deletion_not_due')
    for (const who of [pim, dpo])
      expect(await refusalOf(deleteData(broker.deps, who.actor, { ...early, subjectIds: [gone[1]!] }))).toBe('mandate_missing')
  })

  test('the board chooses its own terms, the least never above the longest', async () => {
    const { mirjam: leader, pim } = world.people
    const dossier = { category: 'dossier' as const, seen: PROTOCOL_TERMS.dossier }
    expect(await refusalOf(setRetention(broker.deps, leader.actor, { ...dossier, minMonths: 30, maxMonths: 24 }))).toBe('input_invalid')
    expect(await refusalOf(setRetention(broker.deps, pim.actor, { ...dossier, minMonths: 24, maxMonths: 24 }))).toBe('mandate_missing')
    const page = await mirjam.get(PATH)
    const seen = { category: 'dossier', seenMin: '24', seenMax: '27' }
    const set = await mirjam.post(`${PATH}/rule`, { ...page.fields(`${PATH}/rule`), ...seen, min: '36', max: '48' })
    expect(set.words).toContain('De termijn is bewaard.')
    expect(set.words).toContain('minstens 36 maanden, hoogstens 48 maanden')
    expect((await due()).filter((line) => line.startsWith('Ali'))).toEqual([])
    const wrong = await mirjam.post(`${PATH}/rule`, {
      ...page.fields(`${PATH}/rule`),
      ...seen,
      form: 'f'.repeat(30),
      min: '9',
      max: '3',
    })
    expect([wrong.status, wrong.words.includes('Het tweede is niet kleiner')]).toEqual([400, true])
  })

  race(
    'two who set one term at the same moment: one of them is told',
    { 'where how it was is not looked at': { statements: /"retention_rules"\."(min|max)_months" = /g, become: '0 <= ' } },
    async () => {
      const { mirjam: leader } = world.people
      const rule = { category: 'dossier_special' as const, seen: PROTOCOL_TERMS.dossier_special }
      const set = [36, 40].map((minMonths) => refusalOf(setRetention(broker.deps, leader.actor, { ...rule, minMonths, maxMonths: 48 })))
      expect((await Promise.all(set)).toSorted()).toEqual(['changed_meanwhile', 'done'])
    },
  )

  test('two who set one term: the second sees what the first chose, keeps what they typed, and overwrites nothing unseen', async () => {
    const action = `${PATH}/rule`
    const [first, second] = [(await mirjam.get(PATH)).fields(action), (await mirjam.get(PATH)).fields(action)]
    expect(first).toMatchObject({ category: 'administration', seenMin: '60', seenMax: '63' })
    await mirjam.post(action, { ...first, min: '72', max: '84' })
    const late = await mirjam.post(action, { ...second, min: '60', max: '90' })
    expect([late.status, late.words.includes('Iemand anders heeft dit net ook veranderd.')]).toEqual([409, true])
    expect(late.words).toContain('Administratie: minstens 72 maanden, hoogstens 84 maanden')
    expect(late.html, 'what was typed').toContain('value="90"')
    expect(late.html, 'what was left as it was').not.toContain('value="60"')
    const again = await mirjam.post(action, { ...late.fields(action), min: '72', max: '90' })
    expect(again.words).toContain('Administratie: minstens 72 maanden, hoogstens 90 maanden')
    const set = (await told(broker, 'retention_set')).filter(({ facts }) => facts.category === 'administration')
    expect(set.map(({ facts }) => facts.maxMonths)).toEqual([84, 90])
  })
})
